import { connectTabs } from 'carillon-client/tabs';
import { indexedDbStore } from 'carillon-client/indexeddb';
import type { Client, TokenReason } from 'carillon-client';
import type { DemoApi } from './api';
import TabsWorker from './tabs-worker?sharedworker';

export interface User {
  readonly id: string;
  readonly name: string;
}

export const socketUrl = new URL('/ws', location.href.replace(/^http/, 'ws')).href;

/** One connection for all pages and all tabs of this user; what is written survives a reload. */
export function clientOf(user: User): Client<DemoApi> {
  return connectTabs<DemoApi>({
    name: `demo-${user.id}`,
    url: socketUrl,
    getToken: (reason) => token(user, reason),
    autoConnect: false,
    outbox: { store: indexedDbStore({ name: `demo-${user.id}` }) },
    worker: (name) => new TabsWorker({ name }),
  });
}

/** A fresh token: of the refresh cookie when one expires, of the login of development mode otherwise. */
export async function token(user: User, reason: TokenReason = 'connect'): Promise<string> {
  if (reason === 'expiring') {
    const refreshed = await post('/api/token/refresh/', {});
    // The cookie is the browser's, and another tab may be somebody else.
    if (refreshed.ok) {
      const { token, user_id } = (await refreshed.json()) as { token: string; user_id: string };
      if (user_id === user.id) return token;
    }
  }
  const login = await post('/dev/login', { user_id: user.id, name: user.name });
  if (!login.ok) throw new Error(`the login failed with ${login.status}`);
  return ((await login.json()) as { token: string }).token;
}

export function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const STORED = 'carillon.demo.user';

/** Of this tab alone: another may be somebody else. */
export function storedUser(): User | undefined {
  const stored = sessionStorage.getItem(STORED);
  return stored === null ? undefined : (JSON.parse(stored) as User);
}

export function storeUser(user: User | undefined): void {
  if (user === undefined) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, JSON.stringify(user));
}

/** A name as it may stand in a channel's. */
export const idOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s\p{Cc}:/]+/gu, '-')
    .slice(0, 40);
