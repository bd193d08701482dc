// Who is signed in.

import { onSignedOut, Refusal, session as calls } from '../api/client';
import type { Role, Session } from '../api/types';

interface SignedIn {
  /** `undefined` until the server has been asked. */
  now: Session | null | undefined;
  /** The site offers sign-in by its own accounts. */
  oidc: boolean;
  /** Why the session ended, if it ended by itself. */
  ended: string;
}

export const signedIn = $state<SignedIn>({ now: undefined, oidc: false, ended: '' });

onSignedOut(() => {
  if (signedIn.now) signedIn.ended = 'Your session has ended. Sign in again: what was saved is safe.';
  signedIn.now = null;
});

/** Why the site's accounts did not sign somebody in, by what the server sends the browser back with. */
const REFUSED: Record<string, string> = {
  expired: 'Signing in took too long or was begun elsewhere. Please begin again.',
  provider: 'Your organisation’s sign-in did not succeed. Please try again, or ask your administrator.',
  role: 'Your account has no role at this review desk. Ask your administrator for one.',
  name: 'Your account’s name cannot be used here, or another user has it. Ask your administrator.',
  inactive: 'Your account is shut out of this review desk. Ask your administrator.',
};

/** What the address says of a sign-in that was refused; it is then forgotten. */
function refused(): string {
  const why = new URLSearchParams(location.search).get('refused');
  if (why === null) return '';
  history.replaceState(null, '', location.pathname);
  return REFUSED[why] ?? REFUSED.provider ?? '';
}

export async function resume() {
  const says = refused();
  try {
    signedIn.now = await calls.get();
  } catch (fault) {
    signedIn.now = null;
    if (!(fault instanceof Refusal)) return;
    signedIn.oidc = fault.body.oidc === true;
    signedIn.ended = says;
    if (fault.status !== 401) signedIn.ended = fault.message;
  }
}

export async function signIn(name: string, password: string) {
  signedIn.now = await calls.open(name, password);
  signedIn.ended = '';
}

export async function signOut() {
  await calls.close();
  signedIn.now = null;
  signedIn.ended = '';
}

const RANK: Record<Role, number> = { service: 0, coder: 1, lead: 2, admin: 3 };

/** Whether the one signed in may do what a `role` may. */
export function may(role: Role): boolean {
  return signedIn.now ? RANK[signedIn.now.user.role] >= RANK[role] : false;
}
