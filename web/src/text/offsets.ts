// The server counts characters (Unicode scalar values), a page counts UTF-16 code units.

const STEP = 1024;

/** Offsets of one text, converted both ways in steps of at most 1024 characters. */
export class Offsets {
  /** UTF-16 offset of every 1024th character; empty where both counts are the same. */
  readonly #marks: number[] = [];
  /** Characters of the text. */
  readonly length: number;

  constructor(readonly text: string) {
    let characters = 0;
    for (let at = 0; at < text.length; at += width(text, at)) {
      if (characters % STEP === 0) this.#marks.push(at);
      characters += 1;
    }
    this.length = characters;
    if (characters === text.length) this.#marks.length = 0;
  }

  /** UTF-16 offset of a character; of an offset beyond the text its end. */
  utf16(character: number): number {
    if (character >= this.length) return this.text.length;
    if (this.#marks.length === 0) return character;
    let at = this.#marks[Math.floor(character / STEP)] ?? 0;
    for (let left = character % STEP; left > 0; left -= 1) at += width(this.text, at);
    return at;
  }

  /** Character at a UTF-16 offset; an offset within a pair of surrogates counts as the pair's start. */
  character(utf16: number): number {
    if (utf16 >= this.text.length) return this.length;
    if (this.#marks.length === 0) return utf16;
    let low = 0;
    let high = this.#marks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#marks[middle] ?? 0) <= utf16) low = middle;
      else high = middle - 1;
    }
    let character = low * STEP;
    let at = this.#marks[low] ?? 0;
    while (at + width(this.text, at) <= utf16) {
      at += width(this.text, at);
      character += 1;
    }
    return character;
  }
}

function width(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
