// What the page tells the user: shown for a while, and read out by a screen reader.

interface Said {
  text: string;
  tone: 'done' | 'fault';
  /** Rises with each message, so that the same words twice are two messages. */
  turn: number;
}

export const said = $state<Said>({ text: '', tone: 'done', turn: 0 });
/** Read out, not shown: where the cursor is. */
export const murmured = $state({ text: '' });

let timer = 0;

export function say(text: string, tone: 'done' | 'fault' = 'done') {
  said.text = text;
  said.tone = tone;
  said.turn += 1;
  clearTimeout(timer);
  // Faults stay until the next message.
  if (tone === 'done') timer = window.setTimeout(() => (said.text = ''), 6000);
}

export function murmur(text: string) {
  murmured.text = text;
}
