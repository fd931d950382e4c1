import { describe, expect, it } from 'vitest';
import { identityOf } from '../src/identity';

const base64url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const tokenOf = (claims: object): string => `e30.${base64url(JSON.stringify(claims))}.c2ln`;

describe('an operator', () => {
  it('is read out of the token', () => {
    const token = tokenOf({ sub: 'zoë', scope: 'carillon:api  carillon:payloads', exp: 1_800_000_000 });

    expect(identityOf(token)).toEqual({
      userId: 'zoë',
      scopes: ['carillon:api', 'carillon:payloads'],
      expiresAt: 1_800_000_000_000,
    });
  });

  it.each([
    ['not a token', 'no token'],
    ['a.!.b', 'no token'],
    [tokenOf({ scope: 'carillon:api' }), 'names no user'],
    [tokenOf({ sub: 'ann' }), 'the scope carillon:api'],
    [tokenOf({ sub: 'ann', scope: 'carillon:apis' }), 'the scope carillon:api'],
  ])('is not in %s', (token, problem) => {
    expect(() => identityOf(token)).toThrow(problem);
  });
});
