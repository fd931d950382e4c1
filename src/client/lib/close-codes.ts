/**
 * What a client does after a close: `retry` reconnects with back-off, `renew` does so with a fresh token, and a second
 * 4001 in a row is final; `final` leaves it to the application.
 */
export type Verdict = 'retry' | 'renew' | 'final';

const FINAL: readonly number[] = [1002, 1003, 1007, 1008, 1009];

/** Judges by the range alone, so that a client of today handles a code of tomorrow. */
export function verdictOf(code: number): Verdict {
  if (code === 4001 || code === 4003) {
    return 'renew';
  }
  return (code >= 4400 && code < 4500) || FINAL.includes(code) ? 'final' : 'retry';
}
