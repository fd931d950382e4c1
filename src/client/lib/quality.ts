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

type Times = Pick<Quality, 'roundTripMs' | 'jitterMs'>;

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

  /** The same object until something has changed. */
  get value(): Quality {
    const sum = this.#sum(this.#observed.value);
    const known = this.#observed.value;
    const same = (Object.keys(sum) as (keyof Quality)[]).every((part) => sum[part] === known[part]);
    if (!same) {
      this.#observed.replace(sum);
    }
    return this.#observed.value;
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
    this.#tell({ roundTripMs: roundTripMs + (ms - roundTripMs) / 8, jitterMs: jitter });
  }

  message(): void {
    this.#messages++;
  }

  gap(missed: number | undefined): void {
    this.#missed += missed ?? 1;
    this.#tell(this.#observed.value);
  }

  dropped(): void {
    this.#droppedAt.push(this.now());
    this.#tell(this.#observed.value);
  }

  #tell(times: Times): void {
    this.#observed.set(this.#sum(times));
  }

  #sum({ roundTripMs, jitterMs }: Times): Quality {
    this.#droppedAt = this.#droppedAt.filter((at) => this.now() - at < DROPS_MS);
    const [messages, missed, drops] = [this.#messages, this.#missed, this.#droppedAt.length];
    const lost = missed === 0 ? 0 : (100 * missed) / (messages + missed);
    const slow = Math.min(40, Math.max(0, (roundTripMs ?? 0) - 100) / 10) + Math.min(20, jitterMs / 5);
    const score = Math.max(0, Math.round(100 - slow - lost - 10 * drops));
    return { roundTripMs, jitterMs, messages, missed, drops, score };
  }
}
