import { expect, test } from 'vitest';
import type { Assertion, Mention, ReviewCode } from '../../src/api/types';
import { assertionOf, badgeOf, standingOf, standingsOf } from '../../src/text/standing';

const AFFIRMED: Assertion = {
  polarity: 'affirmed',
  certainty: 'certain',
  temporality: 'recent',
  experiencer: 'patient',
  cues: [],
};
const mention = (start_char: number, end_char: number): Mention => ({
  start_char,
  end_char,
  text: '',
  label: 'disease',
  assertion: AFFIRMED,
  links: [],
});

function code(change: Partial<ReviewCode>): ReviewCode {
  return {
    system: 'ICD-10-CM',
    code: 'I10',
    title: '',
    decision: 'proposed',
    by: 'machine',
    status: 'review',
    score: 0.5,
    reason: '',
    facts: [],
    note: null,
    replaces: null,
    principal: false,
    in_chart: false,
    severity: null,
    evidence: [],
    rules: [],
    ...change,
  };
}

test.each([
  [{ decision: 'proposed', status: 'review' }, 'review'],
  [{ decision: 'proposed', status: 'accepted' }, 'accepted'],
  [{ decision: 'proposed', status: 'rejected' }, 'rejected'],
  [{ decision: 'accepted', status: 'rejected' }, 'accepted'],
  [{ decision: 'rejected', status: 'accepted' }, 'rejected'],
  [{ decision: 'replaced', status: 'accepted' }, 'rejected'],
  [{ decision: 'added', status: 'review' }, 'added'],
] as const)('%o is listed under %s', (change, group) => {
  expect(standingOf(code(change))).toBe(group);
});

test('a mention shows the strongest standing of the codes that it supports', () => {
  const at = (note: string, start_char: number, end_char: number) => [{ note, start_char, end_char, text: '' }];
  const codes = [
    code({ status: 'rejected', evidence: at('n', 0, 5) }),
    code({ code: 'E11.9', status: 'accepted', evidence: at('n', 2, 4) }),
    code({ code: 'J18.9', status: 'review', evidence: at('n', 10, 12) }),
    code({ code: 'R05.9', status: 'accepted', evidence: at('other note', 20, 25) }),
  ];
  const mentions = [mention(0, 5), mention(8, 11), mention(12, 15), mention(20, 25)];
  expect(standingsOf(mentions, 'n', codes)).toEqual(['accepted', 'review', null, null]);
});

test('badges say what is not plain, and that nothing was assessed', () => {
  expect(badgeOf(AFFIRMED)).toBe('');
  expect(badgeOf({ ...AFFIRMED, polarity: 'negated', experiencer: 'family' })).toBe('neg fam');
  expect(badgeOf(null)).toBe('open');
});

test('a change of context by the coder counts for its mention only, the last one most', () => {
  const context = [
    { note: 'n', start_char: 0, end_char: 5, axis: 'polarity' as const, value: 'negated' },
    { note: 'n', start_char: 0, end_char: 5, axis: 'polarity' as const, value: 'affirmed' },
    { note: 'n', start_char: 0, end_char: 5, axis: 'experiencer' as const, value: 'family' },
    { note: 'n', start_char: 7, end_char: 9, axis: 'certainty' as const, value: 'possible' },
  ];
  expect(badgeOf(assertionOf(mention(0, 5), 'n', context))).toBe('fam');
  expect(badgeOf(assertionOf(mention(0, 5), 'other', context))).toBe('');
});
