// Words of a note, for the word cursor. All offsets are UTF-16.

export interface Span {
  start: number;
  end: number;
}

const WORD = /[\p{L}\p{N}\p{M}\p{Extended_Pictographic}]+(?:[-'’./][\p{L}\p{N}\p{M}]+)*/gu;

export function wordsOf(text: string): Span[] {
  return Array.from(text.matchAll(WORD), (found) => ({ start: found.index, end: found.index + found[0].length }));
}

/** Number of the first word that ends after `at`; of the last word beyond the end. */
export function wordAt(words: Span[], at: number): number {
  let low = 0;
  let high = words.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.end ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Widens a selection to whole words, or gives `null` if it holds none. */
export function wholeWords(words: Span[], start: number, end: number): Span | null {
  const first = words[wordAt(words, start)];
  if (!first || first.end <= start || first.start >= Math.max(end, start + 1)) return null;
  const at = wordAt(words, Math.max(start, end - 1));
  const last = words[at];
  const before = words[at - 1];
  const reached = last && last.start < Math.max(end, start + 1) ? last : before;
  return reached ? { start: first.start, end: reached.end } : null;
}
