import type { Release } from './emitter.js';
import { Observed, type Observable } from './observable.js';

/** How good the connection is. */
export interface Quality {
  /** Smoothed time there and back in milliseconds; undefined before the first measurement. */
  readonly roundTripMs: number | undefined;
  /** Smoothed difference from one round trip to the next, in milliseconds. */
  readonly jitterMs: number;
  /** Messages taken, and messages missed for good, since the client was made. */
  readonly messages: number;
  readonly missed: number;
  /** Links that ended by themselves in the last five minutes. */
  readonly drops: number;
  /** 100 is perfect, 0 unusable: a point for each 10 ms over 100 and each 5 ms of jitter, up to 40 and 20; 10 a drop; the share missed. */
  readonly score: number;
}

const DROPS_MS = 300_000;
const START: Quality = { roundTripMs: undefined, jitterMs: 0, messages: 0, missed: 0, drops: 0, score: 100 };

/** Sums up what others notice. */
export class QualityMeter implements Observable<Quality> {
  readonly #observed = new Observed<Quality>(START);
  #droppedAt: number[] = [];
  #last: number | undefined;
  #messages = 0;
  #missed = 0;

  constructor(private readonly now: () => number) {}

  get value(): Quality {
    return this.#sum();
  }

  /** Called after each round trip, gap and drop. */
  subscribe(observer: (quality: Quality) => void): Release {
    return this.#observed.subscribe(observer);
  }

  roundTrip(ms: number): void {
    const { roundTripMs = ms, jitterMs } = this.#observed.value;
    // As RFC 3550 and RFC 6298 smooth them.
    const jitter = jitterMs + (Math.abs(ms - (this.#last ?? ms)) - jitterMs) / 16;
    this.#last = ms;
    this.#observed.set({ ...this.#sum(), roundTripMs: roundTripMs + (ms - roundTripMs) / 8, jitterMs: jitter });
    this.#observed.set(this.#sum());
  }

  message(): void {
    this.#messages++;
  }

  gap(missed: number | undefined): void {
    this.#missed += missed ?? 1;
    this.#observed.set(this.#sum());
  }

  dropped(): void {
    this.#droppedAt.push(this.now());
    this.#observed.set(this.#sum());
  }

  #sum(): Quality {
    this.#droppedAt = this.#droppedAt.filter((at) => this.now() - at < DROPS_MS);
    const { roundTripMs, jitterMs } = this.#observed.value;
    const [messages, missed, drops] = [this.#messages, this.#missed, this.#droppedAt.length];
    const lost = missed === 0 ? 0 : (100 * missed) / (messages + missed);
    const slow = Math.min(40, Math.max(0, (roundTripMs ?? 0) - 100) / 10) + Math.min(20, jitterMs / 5);
    return {
      roundTripMs,
      jitterMs,
      messages,
      missed,
      drops,
      score: Math.max(0, Math.round(100 - slow - lost - 10 * drops)),
    };
  }
}
