import { expect, test } from 'vitest';
import { wholeWords, wordAt, wordsOf } from '../../src/text/words';

const TEXT = 'No 😀 e\u0301tude,  x-ray (b.i.d.) of 5.5 µg\r\nend';
const words = wordsOf(TEXT);
const shown = words.map(({ start, end }) => TEXT.slice(start, end));

test('words keep marks, hyphens and points within, and leave punctuation', () => {
  expect(shown).toEqual(['No', '😀', 'e\u0301tude', 'x-ray', 'b.i.d', 'of', '5.5', 'µg', 'end']);
});

test('an offset within a word is that word', () => {
  expect(shown[wordAt(words, TEXT.indexOf('ray'))]).toBe('x-ray');
});

test.each([
  ['a piece of one word', 'tud', 'tud', 'e\u0301tude'],
  ['from within one to within another', 'ray', 'b.i', 'x-ray (b.i.d'],
  ['with blanks around', '  x-ray (', '  x-ray (', 'x-ray'],
])('a selection of %s is widened to whole words', (_, from, to, whole) => {
  const start = TEXT.indexOf(from);
  const span = wholeWords(words, start, TEXT.indexOf(to) + to.length);
  expect(span && TEXT.slice(span.start, span.end)).toBe(whole);
});

test('a selection without words is none', () => {
  const blank = TEXT.indexOf(',  ');
  expect(wholeWords(words, blank, blank + 3)).toBeNull();
  expect(wholeWords([], 0, 4)).toBeNull();
  expect(wholeWords(words, TEXT.length + 5, TEXT.length + 5)).toBeNull();
});

test('a click on a word takes it, beside it nothing', () => {
  const at = TEXT.indexOf('ray');
  const span = wholeWords(words, at, at);
  expect(span && TEXT.slice(span.start, span.end)).toBe('x-ray');
  const blank = TEXT.indexOf('  ') + 1;
  expect(wholeWords(words, blank, blank)).toBeNull();
});
