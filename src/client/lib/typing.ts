import type { Clock, Timer } from './clock.js';

export interface TypingOptions<T> {
  /** Published when somebody begins, and again each `everyMs` while it goes on. */
  readonly on: T;
  /** Published when it is over; nothing is, unless set. */
  readonly off?: T;
  /** At least so long between two marks, and so long without a key until it is over; 3000 unless set. */
  readonly everyMs?: number;
}

/** Tells others that somebody types, seldom enough. */
export interface Typing {
  /** To be called for every key. */
  key(): void;
  /** It is over: sent, or given up. */
  stop(): void;
}

/** A mark is worth nothing later, so it is published now or never: lost ones are not repeated, failures not told. */
export class TypingMarks implements Typing {
  /** Runs while marks are held back. */
  #timer: Timer | undefined;
  #keys = 0;

  constructor(
    private readonly options: TypingOptions<unknown>,
    private readonly publish: (mark: unknown) => Promise<unknown>,
    private readonly clock: Clock,
  ) {}

  key(): void {
    this.#keys++;
    if (this.#timer === undefined) {
      this.#tell();
    }
  }

  stop(): void {
    if (this.#timer !== undefined) {
      this.#timer.cancel();
      this.#timer = undefined;
      this.#keys = 0;
      this.#say(this.options.off);
    }
  }

  #tell(): void {
    this.#keys = 0;
    this.#say(this.options.on);
    this.#timer = this.clock.schedule(
      () => (this.#keys > 0 ? this.#tell() : this.stop()),
      this.options.everyMs ?? 3000,
    );
  }

  #say(mark: unknown): void {
    if (mark !== undefined) {
      this.publish(mark).catch(() => undefined);
    }
  }
}
