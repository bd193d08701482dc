// What stands of a code, and what that makes of the words that support it.

import type { Assertion, Axis, Mention, Review, ReviewCode } from '../api/types';

export const STANDINGS = ['review', 'accepted', 'added', 'rejected'] as const;
export type Standing = (typeof STANDINGS)[number];

export const keyOf = (code: { system: string; code: string }) => `${code.system} ${code.code}`;

/** The group in which a code is listed. */
export function standingOf(code: ReviewCode): Standing {
  switch (code.decision) {
    case 'accepted':
      return 'accepted';
    case 'added':
      return 'added';
    case 'rejected':
    case 'replaced':
      return 'rejected';
    case 'proposed':
      return code.status;
  }
}

const WEIGHT: Record<Standing, number> = { added: 3, accepted: 3, review: 2, rejected: 1 };

/** For each mention of a note the strongest standing of the codes that its words support. */
export function standingsOf(mentions: Mention[], note: string, codes: ReviewCode[]): (Standing | null)[] {
  const pieces = codes.flatMap((code) => {
    const standing = standingOf(code);
    return code.evidence
      .filter((piece) => piece.note === note)
      .map((piece) => ({ start: piece.start_char, end: piece.end_char, standing }));
  });
  pieces.sort((a, b) => a.start - b.start);
  return mentions.map((mention) => {
    let best: Standing | null = null;
    for (const piece of pieces) {
      if (piece.start >= mention.end_char) break;
      if (piece.end > mention.start_char && (!best || WEIGHT[piece.standing] > WEIGHT[best])) best = piece.standing;
    }
    return best;
  });
}

/** The assertion of a mention with what the coder has changed. */
export function assertionOf(mention: Mention, note: string, context: Review['context']): Assertion | null {
  let assertion = mention.assertion;
  for (const change of context) {
    if (change.note !== note || change.start_char !== mention.start_char || change.end_char !== mention.end_char) continue;
    assertion = { ...(assertion ?? PLAIN), [change.axis]: change.value };
  }
  return assertion;
}

const PLAIN: Assertion = {
  polarity: 'affirmed',
  certainty: 'certain',
  temporality: 'recent',
  experiencer: 'patient',
  cues: [],
};

export const AXES: Record<Axis, string[]> = {
  polarity: ['affirmed', 'negated'],
  certainty: ['certain', 'probable', 'possible'],
  temporality: ['recent', 'historical', 'hypothetical'],
  experiencer: ['patient', 'family', 'other'],
};

const SHORT: Record<string, string> = {
  negated: 'neg',
  probable: 'prob',
  possible: 'poss',
  historical: 'hist',
  hypothetical: 'hyp',
  family: 'fam',
  other: 'other',
};

/** What is not plain about a mention, in short words: `neg`, `fam hist`. */
export function badgeOf(assertion: Assertion | null): string {
  if (!assertion) return 'open';
  const { polarity, certainty, temporality, experiencer } = assertion;
  return [polarity, certainty, temporality, experiencer].flatMap((value) => SHORT[value] ?? []).join(' ');
}
