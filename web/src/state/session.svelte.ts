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

export async function resume() {
  try {
    signedIn.now = await calls.get();
  } catch (fault) {
    signedIn.now = null;
    if (!(fault instanceof Refusal)) return;
    signedIn.oidc = fault.body.oidc === true;
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
