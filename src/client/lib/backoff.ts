export interface Backoff {
  /** Shortest wait between two attempts, in milliseconds; 1000 unless set. */
  readonly minMs: number;
  /** Longest one; 30000 unless set. */
  readonly maxMs: number;
}

/** Wait before attempt `n` (the first is 0). Full jitter: a node restart must not bring every client back at once. */
export function waitMs(n: number, { minMs, maxMs }: Backoff, random: number): number {
  return minMs + random * (Math.min(maxMs, minMs * 2 ** n) - minMs);
}
