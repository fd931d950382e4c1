import type { Clock, Timer } from './clock.js';

/** A machine's sleep is noticed after so much of being awake. */
const TICK_MS = 10_000;

/**
 * Notices that nothing comes any more. Where timers were frozen, or the machine slept, what came meanwhile may still
 * wait to be read: then it asks, and gives the answer a moment.
 */
export class Liveness {
  #heardAt: number;
  #timer: Timer | undefined;
  #asked = false;

  /**
   * @param deps `silenceMs` of silence mean that the peer is dead; `answerMs` is the time it has to answer a question
   */
  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly silenceMs: number;
      readonly answerMs: number;
      readonly ask: () => void;
      readonly dead: () => void;
    },
  ) {
    this.#heardAt = deps.clock.now();
    this.#watch(Math.min(deps.silenceMs, TICK_MS));
  }

  heard(): void {
    this.#heardAt = this.deps.clock.now();
    this.#asked = false;
  }

  /** Asks for a sign of life now: something happened after which the peer may be gone. */
  doubt(): void {
    if (!this.#asked) {
      this.#asked = true;
      this.deps.ask();
      this.#watch(this.deps.answerMs);
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #watch(ms: number): void {
    const { clock, silenceMs, answerMs } = this.deps;
    const due = clock.now() + ms;
    this.#timer?.cancel();
    this.#timer = clock.schedule(() => {
      const late = clock.now() - due > answerMs / 2;
      const left = this.#heardAt + silenceMs - clock.now();
      if (late && !this.#asked) {
        this.doubt();
      } else if (late) {
        this.#watch(answerMs);
      } else if (this.#asked || left <= 0) {
        this.deps.dead();
      } else {
        this.#watch(Math.min(left, TICK_MS));
      }
    }, ms);
  }
}
