// What an MS-DRG and the codes that move it come to, in short words.

import type { Drg, DrgCode, Review } from '../api/types';

const SEVERITY = { none: 'without CC or MCC', CC: 'with CC', MCC: 'with MCC' } as const;

/** The MS-DRG on one line: `DRG 291 · with MCC · weight 1.2838`. */
export function drgLine(drg: Drg): string {
  const parts = [drg.code ? `DRG ${drg.code}` : 'DRG not known', SEVERITY[drg.severity]];
  if (drg.weight !== null) parts.push(`weight ${drg.weight.toFixed(4)}`);
  return parts.join(' · ');
}

/** Where the MS-DRG comes from. */
export function drgSource(drg: Drg): string {
  switch (drg.source) {
    case 'definitions':
      return "by CMS's definitions";
    case 'families':
      return 'an estimate, not CMS’s grouper';
    case null:
      return 'not grouped';
  }
}

/** What a code of the review does to the MS-DRG, if it is a CC or MCC that stands or is to review. */
export function effectOf(review: Review | null | undefined, code: string): DrgCode | null {
  return review?.drg?.codes.find((effect) => effect.code === code) ?? null;
}

/** The level of a CC or MCC with what it does: `MCC alone`, `CC would move`, `CC not counted`. */
export function levelWords(effect: DrgCode): string {
  if (!effect.counts) return `${effect.level} not counted`;
  if (!effect.moves) return effect.level;
  return effect.stands ? `${effect.level} alone` : `${effect.level} would move`;
}
