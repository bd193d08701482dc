// What the server sends and takes (its OpenAPI document: /openapi.json). Offsets are characters (Unicode scalar
// values) of a note's text, from 0, ends exclusive.

export type Role = 'coder' | 'lead' | 'admin' | 'service';

export interface Session {
  user: { name: string; display: string; role: Role };
  csrf: string;
  purpose: 'billing' | 'research' | 'statistics' | null;
}

export const EPISODE_STATES = [
  'queued',
  'annotating',
  'ready',
  'in_review',
  'signed',
  'adjudication',
  'failed',
] as const;
export type EpisodeState = (typeof EPISODE_STATES)[number];

export interface EpisodeRow {
  id: string;
  state: EpisodeState;
  notes: number;
  words: number;
  assigned: string[];
  to_review: number;
  accepted: number;
  /** Expected gain of reviewing it: higher first. */
  gain: number | null;
  imported: string;
  error: string | null;
  signed_by: string[];
}

export interface Progress {
  queued: number;
  annotating: number;
  ready: number;
  failed: number;
}

export interface EpisodeList {
  total: number;
  items: EpisodeRow[];
  progress: Progress;
}

export interface Imported {
  episodes: number;
  notes: number;
  failed: { line: number; error: string }[];
}

export interface CodeRef {
  system: string;
  code: string;
}

export interface Piece {
  note: string;
  start_char: number;
  end_char: number;
}

export interface Evidence extends Piece {
  text: string;
  section?: string | null;
  assertion?: Assertion | null;
}

export interface Assertion {
  polarity: string;
  certainty: string;
  temporality: string;
  experiencer: string;
  relative?: string;
  cues: { start_char: number; end_char: number; rule: string }[];
}

export interface Link extends CodeRef {
  title: string;
  score: number;
  via: string;
}

export interface Mention {
  start_char: number;
  end_char: number;
  text: string;
  label: string;
  section?: string | null;
  expansion?: { long: string; by: string; score: number };
  assertion: Assertion | null;
  links: Link[];
}

export interface NoteSection {
  kind: string;
  header?: string;
  start_char: number;
  end_char: number;
}

export interface NoteRecord {
  sections?: NoteSection[];
  mentions?: Mention[];
  error?: string;
}

export interface Note {
  id: string;
  type: string | null;
  date: string | null;
  text: string;
  record: NoteRecord | null;
}

export interface MachineCode extends CodeRef {
  title: string;
  score: number;
  status: MachineStatus;
  reason: string;
  rules: string[];
  evidence: Evidence[];
  sequence?: number;
  principal?: string;
  present_on_admission?: { indicator: string; why: string };
  in_chart?: boolean;
  severity?: string;
  levels?: string[];
  remarks?: string[];
}

export type MachineStatus = 'accepted' | 'review' | 'rejected';

export interface CodeSet {
  codes: MachineCode[];
  rules: { id: string; section: string; says: string }[];
}

export interface ReviewHead {
  id: string;
  /** Empty for a single review in which nobody has decided yet. */
  coder: string;
  kind: 'single' | 'double' | 'adjudication';
  state: 'open' | 'signed';
  version: number;
  revision: number;
}

export type Decided = 'proposed' | 'accepted' | 'rejected' | 'added' | 'replaced';

export interface ReviewCode extends CodeRef {
  title: string;
  decision: Decided;
  by: 'machine' | 'coder';
  status: MachineStatus;
  score: number;
  /** Why it is rejected, else the machine's reason; may be empty. */
  reason: string;
  note: string | null;
  replaces: CodeRef | null;
  principal: boolean;
  in_chart: boolean;
  severity: string | null;
  evidence: Evidence[];
  rules: string[];
  /** Facts of the chart that speak for or against it. */
  facts: string[];
}

export interface Conflict {
  kind: string;
  codes: string[];
  says: string;
}

export interface HistoryEntry {
  seq: number;
  at: string;
  who: string;
  kind: string;
  says: string;
  undone: boolean;
}

export interface Comment {
  seq: number;
  who: string;
  at: string;
  text: string;
  code: CodeRef | null;
}

/** What a CC or MCC does to the MS-DRG: without it if it stands, with it if it is to review. */
export interface DrgCode {
  code: string;
  level: 'CC' | 'MCC';
  stands: boolean;
  /** Whether it counts beside the principal diagnosis. */
  counts: boolean;
  moves: boolean;
  drg: string | null;
  weight: number | null;
  says: string;
}

/** The MS-DRG of the codes that stand; `reasons` say why where `code` is null. */
export interface Drg {
  code: string | null;
  title: string | null;
  weight: number | null;
  mdc: string | null;
  type: string | null;
  severity: 'none' | 'CC' | 'MCC';
  source: 'definitions' | 'families' | null;
  moved_by: string[];
  codes: DrgCode[];
  reasons: string[];
}

export interface Review extends ReviewHead {
  episode: string;
  codes: ReviewCode[];
  final: string[];
  conflicts: Conflict[];
  severity: { mcc: number; cc: number; says: string };
  /** Null at a desk for studies, and for a visit. */
  drg: Drg | null;
  context: (Piece & { axis: Axis; value: string })[];
  teachings: { kind: string; term: string; means: string; system: string | null; code: string | null }[];
  comments: Comment[];
  history: HistoryEntry[];
}

export interface Episode {
  id: string;
  state: EpisodeState;
  patient: string | null;
  assigned: string[];
  engine: { id: string; pack: string; pipeline: string; model: string } | null;
  notes: Note[];
  codes: CodeSet | null;
  reviews: ReviewHead[];
  review: Review | null;
}

export type Axis = 'polarity' | 'certainty' | 'temporality' | 'experiencer';

export const REASONS = {
  negated: 'denied in the notes',
  family: 'of a relative',
  historical: 'past, no longer there',
  hypothetical: 'only a possibility or plan',
  uncertain: 'not established',
  'not-specific': 'a more specific code fits',
  'not-supported': 'the words do not support it',
  symptom: 'symptom of a coded disease',
  excluded: 'excluded by another code',
  'wrong-concept': 'the words mean something else',
  other: 'other',
} as const;
export type Reason = keyof typeof REASONS;

export type Decision =
  | ({ kind: 'accept' } & CodeRef)
  | ({ kind: 'reject'; reason: Reason; note?: string } & CodeRef)
  | ({ kind: 'replace'; with: CodeRef } & CodeRef)
  | ({ kind: 'add'; evidence: Piece[] } & CodeRef)
  | ({ kind: 'clear' } & CodeRef)
  | ({ kind: 'context'; axis: Axis; value: string } & Piece)
  | ({ kind: 'synonym'; term: string } & CodeRef)
  | { kind: 'abbreviation'; short: string; long: string }
  | { kind: 'principal'; system?: string; code: string | null }
  | { kind: 'comment'; text: string; code?: CodeRef }
  | { kind: 'undo' }
  | { kind: 'sign_off' };

/** Something that speaks for or against a candidate. `weight` is a factor of its score, an addition to it, or one to its log odds. */
export interface Sign {
  name: string;
  value: number;
  weight: number;
  by: 'factor' | 'addition' | 'log_odds';
}

export interface Candidate extends CodeRef {
  title: string;
  score: number;
  via: string;
  /** Why it won or lost, in words. */
  verdict: string;
  signs: Sign[];
  chosen: boolean;
}

export interface Candidates {
  mention: { text: string; label: string; long: string | null; assertion: Assertion | null };
  candidates: Candidate[];
}

export interface Agreement {
  pairs: { a: string; b: string; kappa: number; f1: number; both: string[]; only_a: string[]; only_b: string[] }[];
}

export interface Found extends CodeRef {
  title: string;
  term: string | null;
  billable: boolean;
  score: number;
}

export interface Concept extends CodeRef {
  title: string;
  billable: boolean;
  severity: string | null;
  synonyms: string[];
  parents: { code: string; title: string }[];
  children: { code: string; title: string; billable: boolean }[];
  /** Its own notes and those of what stands above it; `at` is the code at which a note stands. */
  notes: { kind: string; text: string; at: string }[];
}

export interface Account {
  name: string;
  display: string;
  role: Role;
  active: boolean;
}

export interface Engine {
  id: string;
  pack: string;
  pipeline: string;
  model: string;
  first_seen: string;
  /** Whether it annotates now. */
  live: boolean;
  /** Whether the server has it loaded, so that it can be made live. */
  loaded: boolean;
}
