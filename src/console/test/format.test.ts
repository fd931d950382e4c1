import { describe, expect, it } from 'vitest';
import { brief, bytes, count, duration, millis, relative } from '../src/format';

describe('figures', () => {
  it.each([
    [null, '–'],
    [0, '0'],
    [0.42, '0.4'],
    [2, '2'],
    [9.97, '10'],
    [999, '999'],
    [999.7, '1k'],
    [1234, '1.2k'],
    [123_456, '123k'],
    [999_700, '1M'],
    [3_400_000, '3.4M'],
  ])('%o is counted as %s', (value, shown) => {
    expect(count(value)).toBe(shown);
  });

  it.each([
    [undefined, '–'],
    [0, '0 B'],
    [1023, '1 KiB'],
    [1536, '1.5 KiB'],
    [157_286_400, '150 MiB'],
    [3_221_225_472, '3 GiB'],
  ])('%o bytes are %s', (value, shown) => {
    expect(bytes(value)).toBe(shown);
  });

  it.each([
    [0, '0 ms'],
    [2.53, '2.5 ms'],
    [42.4, '42 ms'],
    [1500, '1.5 s'],
  ])('%o ms are %s', (value, shown) => {
    expect(millis(value)).toBe(shown);
  });

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [302_000, '5 min 2 s'],
    [3_600_000, '1 h'],
    [277_200_000, '3 d 5 h'],
  ])('%o ms last %s', (ms, shown) => {
    expect(duration(ms)).toBe(shown);
  });

  it('are told from now', () => {
    expect(relative(1_000, 2_000)).toBe('now');
    expect(relative(0, 90_000)).toBe('1 min 30 s ago');
    expect(relative(90_000, 0)).toBe('in 1 min 30 s');
  });

  it('shorten long ids only', () => {
    expect(brief('node-1')).toBe('node-1');
    expect(brief('0123456789abcdef')).toBe('01234567…');
  });
});
