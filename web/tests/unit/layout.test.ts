import { expect, test } from 'vitest';
import type { NoteRecord } from '../../src/api/types';
import { blocksOf } from '../../src/text/layout';
import { Offsets } from '../../src/text/offsets';

/** The record of a text in which mentions stand in [brackets] and headers in <angles>, as the server gives it. */
function marked(source: string): { text: string; record: NoteRecord } {
  const mentions: { start_char: number; end_char: number }[] = [];
  const sections: { kind: string; header: string; start_char: number; end_char: number }[] = [];
  let text = '';
  let open = 0;
  for (const one of source) {
    const at = Array.from(text).length;
    if (one === '[' || one === '<') open = at;
    else if (one === ']') mentions.push({ start_char: open, end_char: at });
    else if (one === '>') sections.push({ kind: 'x', header: Array.from(text).slice(open).join(''), start_char: open, end_char: at });
    else text += one;
  }
  const blank = { label: 'disease', assertion: null, links: [], text: '' };
  return { text, record: { sections, mentions: mentions.map((one) => ({ ...one, ...blank })) } };
}

const LINES = Array.from({ length: 200 }, (_, at) => `Line ${at}: no [fever], 😀 [pain].`).join('\r\n');

test.each([
  ['a short note', '<HPI>\nNo [fever].\n\n<PMH>: [COPD]\n'],
  ['CRLF, BOM and emoji', '\uFEFF<HPI>\r\n😀 [chest pain] 🫁\r\n\r\nNo [fever]'],
  ['long, no empty line', LINES],
  ['a mention over many lines', `x\n\n[a\n\n${'b\n'.repeat(40)}c] d\n\ne`],
  ['only empty lines', '\n\n\n'],
  ['nothing', ''],
])('%s: the runs of all blocks are the text, and its mentions are whole', (_, source) => {
  const { text, record } = marked(source);
  const blocks = blocksOf(text, record, new Offsets(text));
  expect(blocks.flatMap((block) => block.runs.map((run) => run.text)).join('')).toBe(text);
  let end = 0;
  for (const block of blocks) {
    expect(block.start).toBe(end);
    expect(text.slice(block.start, block.end)).toBe(block.runs.map((run) => run.text).join(''));
    end = block.end;
  }
  const shown = blocks.flatMap((block) => block.runs).filter((run) => run.mention !== null);
  const characters = Array.from(text);
  expect(shown.map((run) => run.text)).toEqual(
    (record.mentions ?? []).map((one) => characters.slice(one.start_char, one.end_char).join('')),
  );
});

test('a long note is cut into blocks of bounded length', () => {
  const { text, record } = marked(LINES);
  const blocks = blocksOf(text, record, new Offsets(text));
  expect(blocks.length).toBeGreaterThan(5);
  for (const block of blocks) expect(text.slice(block.start, block.end).split('\n').length).toBeLessThan(30);
});

test('of overlapping mentions the first and longest is shown', () => {
  const text = 'acute heart failure';
  const blank = { label: 'disease', assertion: null, links: [], text: '' };
  const mentions = [
    { start_char: 6, end_char: 11, ...blank },
    { start_char: 6, end_char: 19, ...blank },
  ];
  const runs = blocksOf(text, { mentions }, new Offsets(text))[0]?.runs;
  expect(runs).toEqual([
    { text: 'acute ', mention: null, header: false },
    { text: 'heart failure', mention: 1, header: false },
  ]);
});

test('headers are set apart, after a numbering too', () => {
  const text = '1. HPI: fine';
  const record = { sections: [{ kind: 'x', header: 'HPI', start_char: 0, end_char: 12 }] };
  const runs = blocksOf(text, record, new Offsets(text))[0]?.runs;
  expect(runs?.filter((run) => run.header).map((run) => run.text)).toEqual(['HPI']);
});
