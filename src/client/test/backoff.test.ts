import { describe, expect, it } from 'vitest';
import { waitMs } from '../lib/backoff.js';
import { verdictOf } from '../lib/close-codes.js';

const DEFAULTS = { minMs: 1000, maxMs: 30_000 };

describe('the wait before an attempt', () => {
  it('is at most 1, 2, 4, 8, 16 and then 30 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((n) => waitMs(n, DEFAULTS, 1))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('is anywhere down to the least', () => {
    expect([0, 0.5, 1].map((random) => waitMs(3, DEFAULTS, random))).toEqual([1000, 4500, 8000]);
  });
});

describe('a close', () => {
  it.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4002, 4004, 4006, 4010, 4123, 4399])(
    'with %i is tried again',
    (code) => expect(verdictOf(code)).toBe('retry'),
  );

  it.each([4001, 4003])('with %i is tried again with a fresh token', (code) => expect(verdictOf(code)).toBe('renew'));

  it.each([1002, 1003, 1007, 1008, 1009, 4400, 4401, 4403, 4409, 4429, 4499])('with %i is the end', (code) =>
    expect(verdictOf(code)).toBe('final'),
  );
});
