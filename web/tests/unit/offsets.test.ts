import { describe, expect, test } from 'vitest';
import { Offsets } from '../../src/text/offsets';

const TEXTS: [string, string][] = [
  ['plain', 'No fever.'],
  ['empty', ''],
  ['Latin, one unit each', 'µg, °C, é'],
  ['emoji', 'pain 😀 and 👩‍⚕️ again'],
  ['combining marks', 'e\u0301tude, n\u0303o'],
  ['CRLF and BOM', '\uFEFFHPI\r\nNo 🫁 disease\r\n'],
  ['emoji at the ends', '🩺x🩺'],
  ['long, past several steps', 'ab😀'.repeat(3000)],
];

describe.each(TEXTS)('%s', (_, text) => {
  const characters = Array.from(text);
  const offsets = new Offsets(text);

  test('characters are counted as Python counts them', () => {
    expect(offsets.length).toBe(characters.length);
  });

  test('a character offset gives the text before it', () => {
    const step = Math.max(1, Math.floor(characters.length / 97));
    for (let at = 0; at <= characters.length; at += step) {
      expect(text.slice(0, offsets.utf16(at))).toBe(characters.slice(0, at).join(''));
      expect(offsets.character(offsets.utf16(at))).toBe(at);
    }
  });
});

test('an offset within a surrogate pair counts as its start', () => {
  expect(new Offsets('a😀b').character(2)).toBe(1);
});

test('offsets beyond the text are its end', () => {
  const offsets = new Offsets('😀');
  expect(offsets.utf16(9)).toBe(2);
  expect(offsets.character(9)).toBe(1);
});
