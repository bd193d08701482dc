// Between a note on the page and its text: ranges of the document for UTF-16 offsets, and back.
// A block's element names its first offset in `data-start`; what is within it is the text, and nothing else.

/** The block of a note's element that holds an offset. */
export function blockAt(note: Element, offset: number): HTMLElement | null {
  const blocks = note.getElementsByClassName('block');
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startOf(blocks[middle]) <= offset) low = middle;
    else high = middle - 1;
  }
  return (blocks[low] as HTMLElement | undefined) ?? null;
}

const startOf = (block: Element | undefined) => Number((block as HTMLElement | undefined)?.dataset.start ?? 0);

export function rangeOf(note: Element, start: number, end: number): Range | null {
  const from = place(blockAt(note, start), start);
  const to = place(blockAt(note, Math.max(start, end - 1)), end);
  if (!from || !to) return null;
  const range = document.createRange();
  range.setStart(...from);
  range.setEnd(...to);
  return range;
}

function place(block: HTMLElement | null, offset: number): [Node, number] | null {
  if (!block) return null;
  let left = offset - startOf(block);
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let last: Node | null = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = (node as Text).length;
    if (left <= length && length > 0) return [node, left];
    left -= length;
    last = node;
  }
  return last ? [last, (last as Text).length] : null;
}

/** The offset in its note of a place in the document, or `null` outside every note. */
export function offsetOf(node: Node, offset: number): { note: HTMLElement; offset: number } | null {
  const element = node instanceof Element ? node : node.parentElement;
  const block = element?.closest<HTMLElement>('.block');
  const note = element?.closest<HTMLElement>('[data-note]');
  if (!block || !note) return null;
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(node, offset);
  return { note, offset: startOf(block) + range.toString().length };
}

/** Shows ranges under a name that the style sheet knows; without ranges, none. */
export function highlight(name: string, ranges: (Range | null)[]) {
  if (!('highlights' in CSS)) return;
  const found = ranges.filter((range) => range !== null);
  if (found.length > 0) {
    const shown = new Highlight(...found);
    shown.priority = PRIORITY.indexOf(name);
    CSS.highlights.set(name, shown);
  } else CSS.highlights.delete(name);
}

const PRIORITY = ['cues', 'evidence', 'words', 'evidence-now'];
