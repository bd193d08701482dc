import { expect, test } from 'vitest';
import type { Drg, DrgCode } from '../../src/api/types';
import { drgLine, drgSource, levelWords } from '../../src/text/drg';

const drg: Drg = {
  code: '291',
  title: 'HEART FAILURE AND SHOCK WITH MCC',
  weight: 1.2838,
  mdc: '05',
  type: 'MED',
  severity: 'MCC',
  source: 'families',
  moved_by: ['J96.01'],
  codes: [],
  reasons: [],
};
const code: DrgCode = { code: 'J96.01', level: 'MCC', stands: true, counts: true, moves: true, drg: '293', weight: 0.566, says: '' };

test('an MS-DRG on one line', () => {
  expect(drgLine(drg)).toBe('DRG 291 · with MCC · weight 1.2838');
  expect(drgLine({ ...drg, code: null, weight: null, severity: 'none' })).toBe('DRG not known · without CC or MCC');
});

test('an estimate says that it is one', () => {
  expect(drgSource(drg)).toContain('estimate');
  expect(drgSource({ ...drg, source: 'definitions' })).not.toContain('estimate');
});

test.each([
  [{}, 'MCC alone'],
  [{ stands: false }, 'MCC would move'],
  [{ moves: false }, 'MCC'],
  [{ counts: false, moves: false }, 'MCC not counted'],
])('what a code does: %o', (change, words) => {
  expect(levelWords({ ...code, ...change })).toBe(words);
});
