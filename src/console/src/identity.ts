/** What a token says of its holder; the node alone judges whether it is true. */
export interface Identity {
  readonly userId: string;
  readonly scopes: readonly string[];
  /** Milliseconds since 1970; Infinity if it never ends. */
  readonly expiresAt: number;
}

export const API_SCOPE = 'carillon:api';
export const PAYLOADS_SCOPE = 'carillon:payloads';

/** @throws Error with what is wrong, in words for the one who gave it */
export function identityOf(token: string): Identity {
  const claims = claimsOf(token);
  const { sub, scope, exp } = claims;
  if (typeof sub !== 'string' || sub === '') throw new Error('This token names no user (sub).');
  const scopes = typeof scope === 'string' ? scope.split(/\s+/).filter(Boolean) : [];
  if (!scopes.includes(API_SCOPE)) throw new Error(`This token does not have the scope ${API_SCOPE}.`);
  return { userId: sub, scopes, expiresAt: typeof exp === 'number' ? exp * 1000 : Infinity };
}

function claimsOf(token: string): Record<string, unknown> {
  const part = token.split('.')[1];
  try {
    const text = atob((part ?? '?').replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    throw new Error('This is no token: it must have three parts with dots between them.');
  }
}
