// One episode on the desk: its notes, the review, what is selected, and the decisions that are made.

import { episodes, Refusal, words } from '../api/client';
import type {
  Assertion,
  Candidates,
  CodeRef,
  Decision,
  Episode,
  Evidence,
  HistoryEntry,
  MachineCode,
  Note,
  Piece,
  Reason,
  Review,
  ReviewCode,
} from '../api/types';
import { blocksOf, type Block } from '../text/layout';
import { Offsets } from '../text/offsets';
import { assertionOf, keyOf, STANDINGS, standingOf, standingsOf, type Standing } from '../text/standing';
import { wholeWords, wordAt, wordsOf, type Span } from '../text/words';
import { murmur, said, say } from './said.svelte';
import { signedIn } from './session.svelte';

export type Panel = 'code' | 'words' | 'history' | 'comments';
export type Dialog = 'reject' | 'search' | 'sign' | 'reopen' | 'teach' | null;

/** A note with what is computed of it once. */
export interface Sheet {
  note: Note;
  offsets: Offsets;
  blocks: Block[];
  words: Span[];
}

/** A decision that the server refused because the review had changed meanwhile. */
export interface Clash {
  decision: Decision;
  says: string;
  changes: HistoryEntry[];
}

export class Desk {
  episode = $state.raw<Episode | null>(null);
  review = $state.raw<Review | null>(null);
  fault = $state('');
  saving = $state(0);
  selected = $state<string | null>(null);
  /** Number of the piece of evidence that is shown, of the selected code. */
  piece = $state(0);
  /** Rises whenever the shown piece is to be brought into view. */
  shown = $state(0);
  /** The words that are selected. */
  picked = $state.raw<Piece | null>(null);
  candidates = $state.raw<Candidates | null>(null);
  candidatesFault = $state('');
  panel = $state<Panel>('code');
  dialog = $state<Dialog>(null);
  /** What a search is for. */
  replacing = $state.raw<ReviewCode | null>(null);
  clash = $state.raw<Clash | null>(null);
  /** A decision that did not reach the server. */
  unsaved = $state.raw<Decision | null>(null);
  open = $state<Record<Standing, boolean>>({ review: true, accepted: true, added: true, rejected: false });
  others = $state.raw<Review[]>([]);

  #queue: Promise<unknown> = Promise.resolve();
  #asking: AbortController | null = null;

  readonly sheets = $derived<Sheet[]>(
    (this.episode?.notes ?? []).map((note) => {
      const offsets = new Offsets(note.text);
      return { note, offsets, blocks: blocksOf(note.text, note.record, offsets), words: wordsOf(note.text) };
    }),
  );
  readonly groups = $derived(
    STANDINGS.map((standing) => ({
      standing,
      // The principal diagnosis leads; the others keep the server's order.
      codes: (this.review?.codes ?? [])
        .filter((code) => standingOf(code) === standing)
        .sort((a, b) => Number(b.principal) - Number(a.principal)),
    })),
  );
  /** The codes in the order in which they are listed, of open groups. */
  readonly listed = $derived(this.groups.filter((group) => this.open[group.standing]).flatMap((group) => group.codes));
  readonly code = $derived(this.review?.codes.find((code) => keyOf(code) === this.selected) ?? null);
  readonly machine = $derived<MachineCode | null>(
    this.episode?.codes?.codes.find((code) => keyOf(code) === this.selected) ?? null,
  );
  readonly standings = $derived(
    new Map(
      this.sheets.map(({ note }) => [
        note.id,
        standingsOf(note.record?.mentions ?? [], note.id, this.review?.codes ?? []),
      ]),
    ),
  );
  /** The evidence of the selected code, with what the engine knows of the words. */
  readonly evidence = $derived<Evidence[]>(
    (this.code?.evidence ?? []).map((piece) => ({
      ...this.machine?.evidence.find((known) => samePlace(known, piece)),
      ...piece,
    })),
  );
  /** What does not go together; reminders of the tabular list come last. */
  readonly conflicts = $derived(
    (this.review?.conflicts ?? [])
      .map((conflict) => ({ ...conflict, reminds: ['code-first', 'use-additional'].includes(conflict.kind) }))
      .sort((a, b) => Number(a.reminds) - Number(b.reminds)),
  );
  /** The system that the episode is coded in; empty while it has no code. */
  readonly system = $derived(this.review?.codes[0]?.system ?? '');
  readonly signed = $derived(this.review?.state === 'signed');
  readonly canUndo = $derived(!this.signed && (this.review?.history.some(canUndo) ?? false));

  constructor(readonly id: string) {}

  async load(review?: string | null) {
    try {
      const episode = await episodes.get(this.id, review ?? undefined);
      this.episode = episode;
      this.review = episode.review;
      this.fault = '';
      const first = this.groups.find((group) => group.codes.length > 0)?.codes[0];
      if (this.selected === null && first) this.select(keyOf(first), false);
      if (this.review?.kind === 'adjudication') await this.#loadOthers(episode);
    } catch (fault) {
      this.fault = words(fault);
    }
  }

  /** The reviews that an adjudication decides between. */
  async #loadOthers(episode: Episode) {
    const heads = episode.reviews.filter((head) => head.kind === 'double' && head.state === 'signed');
    const loaded = await Promise.all(heads.map((head) => episodes.get(this.id, head.id)));
    this.others = loaded.flatMap((one) => one.review ?? []);
  }

  /**
   * Takes over what others have decided meanwhile. What the coder is doing stays: the selected code, the words, the panel;
   * and while something is being saved or asked nothing moves, for then the server says what has changed.
   */
  async follow() {
    const before = this.review;
    const busy = () => this.saving > 0 || this.dialog !== null || this.clash !== null || this.unsaved !== null;
    if (!before || busy()) return;
    // The next try is soon.
    const now = await episodes.review(this.id, before.id, before.version).catch(() => null);
    if (!now || this.review !== before || busy()) return;
    const changes = changesOf(before, now);
    // What the machine made of the notes anew is not in the review alone.
    if (changes.some((entry) => entry.kind === 'annotated')) await this.load(before.id);
    else this.#take(now);
    tell(changes);
  }

  sheet(note: string): Sheet | undefined {
    return this.sheets.find((sheet) => sheet.note.id === note);
  }

  // --- Codes ---

  select(key: string, say = true) {
    this.selected = key;
    this.piece = 0;
    this.shown += 1;
    this.panel = 'code';
    const code = this.code;
    if (!code) return;
    this.open[standingOf(code)] = true;
    if (say) murmur(`${code.code} ${code.title}, ${code.evidence.length} pieces of evidence`);
  }

  /** Selects the code `by` places further down the list. */
  move(by: number) {
    const at = this.listed.findIndex((code) => keyOf(code) === this.selected);
    const next = this.listed[at < 0 ? 0 : Math.min(Math.max(at + by, 0), this.listed.length - 1)];
    if (next) this.select(keyOf(next));
  }

  /** Selects the next code that a person has to decide. */
  nextToReview() {
    const codes = this.groups.find((group) => group.standing === 'review')?.codes ?? [];
    const at = codes.findIndex((code) => keyOf(code) === this.selected);
    const next = codes[(at + 1) % codes.length];
    if (next) this.select(keyOf(next));
    else say('No code is left to review.');
  }

  /** Shows the piece of evidence `by` places on. */
  step(by: number) {
    const pieces = this.evidence;
    if (pieces.length === 0) return;
    this.show((this.piece + by + pieces.length) % pieces.length);
  }

  /** Shows a piece of evidence of the selected code. */
  show(at: number) {
    this.piece = at;
    this.shown += 1;
    this.panel = 'code';
    murmur(`Evidence ${at + 1} of ${this.evidence.length}: ${this.evidence[at]?.text ?? ''}`);
  }

  // --- Words ---

  /** Selects words and asks for their candidates. `at` is in characters. */
  async pick(piece: Piece) {
    this.picked = piece;
    this.panel = 'words';
    this.candidates = null;
    this.candidatesFault = '';
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const answer = await episodes.candidates(this.id, piece, asking.signal);
      if (this.#asking === asking) this.candidates = answer;
    } catch (fault) {
      if (!asking.signal.aborted) this.candidatesFault = words(fault);
    }
  }

  unpick() {
    this.#asking?.abort();
    this.picked = null;
    this.candidates = null;
    if (this.panel === 'words') this.panel = 'code';
  }

  get pickedText(): string {
    const sheet = this.picked && this.sheet(this.picked.note);
    if (!this.picked || !sheet) return '';
    const { offsets, note } = sheet;
    return note.text.slice(offsets.utf16(this.picked.start_char), offsets.utf16(this.picked.end_char));
  }

  /** The mention that the selected words are, with its assertion as the coder left it. */
  get pickedMention(): { assertion: Assertion | null; changed: boolean } | null {
    const picked = this.picked;
    const mentions = (picked && this.sheet(picked.note)?.note.record?.mentions) ?? [];
    const mention = mentions.find((one) => picked && samePlace({ note: picked.note, ...one }, picked));
    if (!picked || !mention) return null;
    const context = this.review?.context ?? [];
    const assertion = assertionOf(mention, picked.note, context);
    return { assertion, changed: assertion !== mention.assertion };
  }

  /** Widens a stretch (UTF-16) to whole words, as characters. */
  whole(sheet: Sheet, start: number, end: number): Piece | null {
    const span = wholeWords(sheet.words, start, end);
    return span && this.#piece(sheet, span);
  }

  /** The piece `by` words on from the selected one; with `extend` the selection grows or shrinks at its end. */
  word(by: number, extend: boolean): Piece | null {
    const sheet = (this.picked && this.sheet(this.picked.note)) ?? this.sheets[0];
    if (!sheet || sheet.words.length === 0) return null;
    const { offsets } = sheet;
    if (!this.picked) return this.#piece(sheet, sheet.words[0]);
    const first = wordAt(sheet.words, offsets.utf16(this.picked.start_char));
    const last = wordAt(sheet.words, Math.max(0, offsets.utf16(this.picked.end_char) - 1));
    if (extend) {
      const end = Math.min(Math.max(last + by, first), sheet.words.length - 1);
      const [from, to] = [sheet.words[first], sheet.words[end]];
      return from && to ? this.#piece(sheet, { start: from.start, end: to.end }) : null;
    }
    const next = (by > 0 ? last : first) + by;
    const beside = next < 0 || next >= sheet.words.length ? this.sheets[this.sheets.indexOf(sheet) + by] : null;
    if (beside) return this.#piece(beside, by > 0 ? beside.words[0] : beside.words.at(-1));
    return this.#piece(sheet, sheet.words[Math.min(Math.max(next, 0), sheet.words.length - 1)]);
  }

  /** The next mention from the selected words on, over all notes. */
  mention(by: 1 | -1): Piece | null {
    const all = this.sheets.flatMap(({ note }, at) =>
      (note.record?.mentions ?? []).map((one) => ({ at, note: note.id, start_char: one.start_char, end_char: one.end_char })),
    );
    const picked = this.picked;
    if (!picked) return (by > 0 ? all[0] : all.at(-1)) ?? null;
    const here = this.sheets.findIndex((sheet) => sheet.note.id === picked.note);
    const order = (one: { at: number; start_char: number }) => one.at - here || one.start_char - picked.start_char;
    const found = by > 0 ? all.find((one) => order(one) > 0) : all.findLast((one) => order(one) < 0);
    return found ? { note: found.note, start_char: found.start_char, end_char: found.end_char } : null;
  }

  #piece({ note, offsets }: Sheet, span: Span | undefined): Piece | null {
    if (!span) return null;
    return { note: note.id, start_char: offsets.character(span.start), end_char: offsets.character(span.end) };
  }

  // --- Decisions ---

  /** Saves a decision; decisions made faster than they are saved wait for one another. */
  decide(decision: Decision): Promise<boolean> {
    if (this.signed && decision.kind !== 'comment') {
      say('This review is signed off. Reopen it to change it.', 'fault');
      return Promise.resolve(false);
    }
    const turn = this.#queue.then(() => this.#save(decision));
    this.#queue = turn;
    return turn;
  }

  async #save(decision: Decision): Promise<boolean> {
    const before = this.review;
    if (!before) return false;
    this.saving += 1;
    try {
      this.#take(await episodes.decide(this.id, before.id, before.version, decision));
      this.unsaved = null;
      say(spoken(decision));
      return true;
    } catch (fault) {
      this.#refused(decision, before, fault);
      return false;
    } finally {
      this.saving -= 1;
    }
  }

  #take(review: Review) {
    this.review = review;
    if (this.selected && !this.code) this.selected = null;
  }

  #refused(decision: Decision, before: Review, fault: unknown) {
    const changed = fault instanceof Refusal && fault.status === 409 ? (fault.body.review as Review | undefined) : undefined;
    if (changed) {
      this.#take(changed);
      this.clash = { decision, says: words(fault), changes: changesOf(before, changed) };
      return;
    }
    if (fault instanceof Refusal && fault.kind === 'signed') void this.load(before.id);
    if (fault instanceof Refusal && fault.kind === 'offline') this.unsaved = decision;
    say(words(fault), 'fault');
  }

  /** Makes the refused decision again, on the review as it is now. */
  async redo() {
    const decision = this.clash?.decision ?? this.unsaved;
    this.clash = null;
    if (decision) await this.decide(decision);
  }

  accept() {
    const code = this.code;
    if (!code) return;
    if (code.decision === 'accepted' || code.decision === 'added') say(`${code.code} is accepted already.`);
    else void this.#decideAndMove({ kind: 'accept', system: code.system, code: code.code }, code);
  }

  reject(reason: Reason, note: string) {
    const code = this.code;
    this.dialog = null;
    if (!code) return;
    const { system, code: value } = code;
    void this.#decideAndMove({ kind: 'reject', system, code: value, reason, ...(note && { note }) }, code);
  }

  /** Decides on a code, and goes on to the one that followed it in its group. */
  async #decideAndMove(decision: Decision, code: ReviewCode) {
    const group = this.groups.find((one) => one.codes.includes(code))?.codes ?? [];
    const at = group.indexOf(code);
    const next = group[at + 1] ?? group[at - 1];
    if (next && standingOf(code) === 'review') this.select(keyOf(next), false);
    if (!(await this.decide(decision))) this.select(keyOf(code), false);
  }

  clear() {
    const code = this.code;
    if (code) void this.decide({ kind: 'clear', system: code.system, code: code.code });
  }

  principal() {
    const code = this.code;
    if (!code) return;
    void this.decide(
      code.principal ? { kind: 'principal', code: null } : { kind: 'principal', system: code.system, code: code.code },
    );
  }

  undo() {
    if (this.canUndo) void this.decide({ kind: 'undo' });
    else say('Nothing is left to undo.');
  }

  search(replacing: ReviewCode | null) {
    this.replacing = replacing;
    this.dialog = 'search';
  }

  /** Takes a code for the selected words, or in place of the one that is replaced. */
  async take(found: CodeRef) {
    const { system, code } = found;
    const key = keyOf(found);
    const replacing = this.replacing;
    this.dialog = null;
    this.replacing = null;
    let decision: Decision;
    if (replacing) {
      decision = { kind: 'replace', system: replacing.system, code: replacing.code, with: { system, code } };
    } else if (this.picked) {
      decision = { kind: 'add', system, code, evidence: [this.picked] };
    } else return;
    if (await this.decide(decision)) this.select(key, false);
  }
}

const samePlace = (a: Piece, b: Piece) =>
  a.note === b.note && a.start_char === b.start_char && a.end_char === b.end_char;

/** What happened between two versions of a review. */
function changesOf(before: Review, now: Review): HistoryEntry[] {
  const known = new Set(before.history.map((entry) => entry.seq));
  return now.history.filter((entry) => !known.has(entry.seq));
}

/** Says what others did; a fault that is shown stays. */
function tell(changes: HistoryEntry[]) {
  const last = changes.at(-1);
  if (!last) return;
  const more = changes.length > 1 ? `, and ${changes.length - 1} more` : '';
  const text = `${last.who} ${last.says}${more}`;
  if (said.text && said.tone === 'fault') murmur(text);
  else say(text);
}

/** One takes back one's own decisions only. */
function canUndo(entry: HistoryEntry): boolean {
  return !entry.undone && entry.who === signedIn.now?.user.name && !['undo', 'sign_off', 'open'].includes(entry.kind);
}

/** A decision in the words of the user who makes it. */
export function spoken(decision: Decision): string {
  switch (decision.kind) {
    case 'accept':
      return `${decision.code} accepted`;
    case 'reject':
      return `${decision.code} rejected`;
    case 'replace':
      return `${decision.code} replaced by ${decision.with.code}`;
    case 'add':
      return `${decision.code} added`;
    case 'clear':
      return `${decision.code} is open again`;
    case 'context':
      return `Context changed to ${decision.value}`;
    case 'synonym':
      return `“${decision.term}” taught as a synonym of ${decision.code}`;
    case 'abbreviation':
      return `“${decision.short}” taught as short for “${decision.long}”`;
    case 'principal':
      return decision.code ? `${decision.code} is the principal diagnosis` : 'No principal diagnosis';
    case 'comment':
      return 'Comment saved';
    case 'undo':
      return 'Undone';
    case 'sign_off':
      return 'Signed off';
  }
}
