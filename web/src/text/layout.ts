// A note's text cut into blocks to show, and each block into runs: mentions, headers, and what is between them.
// All offsets here are UTF-16. The runs of all blocks, joined, are the text.

import type { NoteRecord } from '../api/types';
import type { Offsets } from './offsets';

export interface Run {
  text: string;
  /** Number of the mention in the note's record. */
  mention: number | null;
  header: boolean;
}

export interface Block {
  start: number;
  end: number;
  runs: Run[];
}

interface Stretch {
  start: number;
  end: number;
  mention: number | null;
}

const LINES_PER_BLOCK = 24;

export function blocksOf(text: string, record: NoteRecord | null, offsets: Offsets): Block[] {
  const stretches = [...mentionsOf(record, offsets), ...headersOf(text, record, offsets)];
  stretches.sort((a, b) => a.start - b.start || b.end - a.end);
  const blocks: Block[] = [];
  let next = 0;
  let taken = 0;
  for (const [start, end] of cuts(text, stretches)) {
    const runs: Run[] = [];
    let at = start;
    const plain = (to: number) => {
      if (to > at) runs.push({ text: text.slice(at, to), mention: null, header: false });
    };
    for (let one = stretches[next]; one && one.start < end; one = stretches[++next]) {
      // Of mentions that overlap the first and longest is shown; the others are found by their words.
      if (one.start < taken) continue;
      plain(one.start);
      const text_ = text.slice(one.start, one.end);
      runs.push({ text: text_, mention: one.mention, header: one.mention === null });
      at = taken = one.end;
    }
    plain(end);
    blocks.push({ start, end, runs });
  }
  return blocks;
}

/** Where blocks begin and end: after an empty line or after many lines, never within a mention. */
function* cuts(text: string, stretches: Stretch[]): Generator<[number, number]> {
  let start = 0;
  let lines = 0;
  let next = 0;
  let reach = 0;
  let wasEmpty = false;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found + 1;
    const empty = text.slice(at, end).trim() === '';
    lines += 1;
    for (let one = stretches[next]; one && one.start < end; one = stretches[++next]) reach = Math.max(reach, one.end);
    const full = lines >= LINES_PER_BLOCK || (wasEmpty && !empty && lines > 1);
    if (full && reach <= (wasEmpty && !empty ? at : end)) {
      const cut = wasEmpty && !empty ? at : end;
      if (cut > start) yield [start, cut];
      start = cut;
      lines = cut === at ? 1 : 0;
    }
    wasEmpty = empty;
    at = end;
  }
  if (text.length > start) yield [start, text.length];
}

function mentionsOf(record: NoteRecord | null, offsets: Offsets): Stretch[] {
  return (record?.mentions ?? []).map((mention, at) => ({
    start: offsets.utf16(mention.start_char),
    end: offsets.utf16(mention.end_char),
    mention: at,
  }));
}

function headersOf(text: string, record: NoteRecord | null, offsets: Offsets): Stretch[] {
  return (record?.sections ?? []).flatMap((section) => {
    if (!section.header) return [];
    // A section begins with its header, after a numbering or a bullet.
    const from = offsets.utf16(section.start_char);
    const start = text.slice(from, from + section.header.length + 12).indexOf(section.header);
    return start < 0 ? [] : [{ start: from + start, end: from + start + section.header.length, mention: null }];
  });
}
