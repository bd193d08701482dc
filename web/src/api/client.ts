// Calls of the server, one function each. A call that fails throws a `Refusal`, whose words can be shown.

import type {
  Account,
  Agreement,
  Candidates,
  Concept,
  Decision,
  Engine,
  Episode,
  EpisodeList,
  Found,
  Imported,
  Piece,
  Review,
  Role,
  Session,
} from './types';

/** The server's refusal, or its silence (`kind` is then `offline`). */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly kind: string,
    readonly status: number,
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Says in words what went wrong. */
export function words(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

let csrf = '';
let signedOut = () => {};

/** Names what is to be done when the session has ended. */
export function onSignedOut(act: () => void) {
  signedOut = act;
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** A body that is sent as it stands, with its type. */
  raw?: { type: string; text: string };
  signal?: AbortSignal;
}

async function call<T>(path: string, { method = 'GET', body, raw, signal }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-csrf-token'] = csrf;
  if (raw) headers['content-type'] = raw.type;
  else if (body !== undefined) headers['content-type'] = 'application/json';
  const content = raw ? raw.text : body === undefined ? null : JSON.stringify(body);
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { method, headers, body: content, ...(signal && { signal }) });
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new Refusal('The server does not answer. Nothing was saved.', 'offline', 0);
  }
  const json: unknown = await answer.json().catch(() => null);
  if (answer.ok) return json as T;
  const refusal = (json ?? {}) as Record<string, unknown>;
  const says = typeof refusal.error === 'string' ? refusal.error : `The server answered ${answer.status}.`;
  const kind = typeof refusal.kind === 'string' ? refusal.kind : '';
  if (answer.status === 401 && path !== '/session') signedOut();
  throw new Refusal(says, kind, answer.status, refusal);
}

const at = (...parts: string[]) => parts.map((part) => `/${encodeURIComponent(part)}`).join('');
const asked = (values: Record<string, string | number | undefined>) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  return `?${query}`;
};

function opened(session: Session): Session {
  csrf = session.csrf;
  return session;
}

export const session = {
  get: async () => opened(await call<Session>('/session')),
  open: async (name: string, password: string) =>
    opened(await call<Session>('/session', { method: 'POST', body: { name, password } })),
  close: () => call<unknown>('/session', { method: 'DELETE' }),
  changePassword: (old: string, fresh: string) =>
    call<unknown>('/session/password', { method: 'POST', body: { old, new: fresh } }),
};

export interface Filters {
  state: string;
  assigned: string;
  q: string;
  order: string;
  limit: number;
  offset: number;
}

export const episodes = {
  list: (filters: Filters, signal?: AbortSignal) =>
    call<EpisodeList>(`/episodes${asked({ ...filters })}`, { ...(signal && { signal }) }),
  get: (id: string, review?: string) => call<Episode>(at('episodes', id) + asked({ review })),
  import: (text: string, type: string) => call<Imported>('/episodes', { method: 'POST', raw: { type, text } }),
  assign: (id: string, coders: string[]) =>
    call<unknown>(`${at('episodes', id)}/assign`, { method: 'POST', body: { coders } }),
  claim: (id: string) => call<unknown>(`${at('episodes', id)}/claim`, { method: 'POST' }),
  requeue: (id: string) => call<unknown>(`${at('episodes', id)}/requeue`, { method: 'POST' }),
  /** The review as it is now; `null` if it is still that of the version. */
  review: (id: string, review: string, after: number) =>
    call<Review | null>(at('episodes', id, 'reviews', review) + asked({ after })),
  candidates: (id: string, piece: Piece, signal?: AbortSignal) =>
    call<Candidates>(
      `${at('episodes', id)}/candidates${asked({ note: piece.note, start_char: piece.start_char, end_char: piece.end_char })}`,
      { ...(signal && { signal }) },
    ),
  agreement: (id: string) => call<Agreement>(`${at('episodes', id)}/agreement`),
  adjudicate: (id: string) => call<Review>(`${at('episodes', id)}/adjudicate`, { method: 'POST' }),
  decide: (id: string, review: string, version: number, decision: Decision) =>
    call<Review>(`${at('episodes', id, 'reviews', review)}/decisions`, {
      method: 'POST',
      body: { version, decision },
    }),
  reopen: (id: string, review: string, reason: string) =>
    call<Review>(`${at('episodes', id, 'reviews', review)}/reopen`, { method: 'POST', body: { reason } }),
};

export const vocabulary = {
  systems: () => call<string[]>('/vocabulary/systems'),
  search: (q: string, system: string, signal?: AbortSignal) =>
    call<{ items: Found[] }>(`/vocabulary/search${asked({ q, system, limit: 30 })}`, { ...(signal && { signal }) }),
  concept: (system: string, code: string) => call<Concept>(at('vocabulary', system, code)),
};

export const overall = () => call<{ episodes: number; kappa: number | null; f1: number | null }>('/agreement');

export const users = {
  names: () => call<string[]>('/users/names'),
  list: () => call<Account[]>('/users'),
  add: (account: { name: string; display?: string; role: Role; password?: string }) =>
    call<unknown>('/users', { method: 'POST', body: account }),
  change: (name: string, to: { role: Role; active: boolean; password?: string }) =>
    call<unknown>(at('users', name), { method: 'PUT', body: to }),
  token: (name: string) => call<{ token: string }>(`${at('users', name)}/token`, { method: 'POST' }),
};

export const engines = {
  list: () => call<Engine[]>('/engines'),
  promote: (id: string) => call<unknown>(`${at('engines', id)}/promote`, { method: 'POST' }),
};
