// SPDX-License-Identifier: MIT
// Who is signed in.
import { call, exchange, Problem, setToken } from './api';
import { forget, recall, remember } from './seen';

export interface Me {
  principal: string;
  name: string;
  role: string;
  language?: string | null;
  must_change?: boolean | null;
}

export const isCustomer = (me: Me) => me.principal.startsWith('customer:');
export const idOf = (me: Me) => me.principal.slice(me.principal.indexOf(':') + 1);

/** Who it is; null when nobody is signed in. Without the server, who it was. */
export async function whoAmI(): Promise<Me | null> {
  try {
    const me = await exchange('GET', '/me') as Me & { csrf?: string };
    setToken(me.csrf ?? '');
    void remember('me', me);
    return me;
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 401)
      return null;
    const old = error.status === 0 ? await recall('me') : undefined;
    if (!old)
      throw error;
    return old.data as Me;
  }
}

export async function signIn(login: string, secret: { password: string } | { code: string }) {
  await exchange('POST', '/signin', { login, ...secret });
}

/** Sets a new password of one's own. */
export async function changePassword(old: string, next: string): Promise<void> {
  await call('credential.change_password', { old, new: next });
}

/** Has a code sent to who is known; says the same of who is not. */
export async function sendCode(login: string): Promise<void> {
  await exchange('POST', '/signin/code', { login });
}

export async function signOut(): Promise<void> {
  await forget();
  await exchange('POST', '/signout', {});
}
