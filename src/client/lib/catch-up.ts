/** Nobody holds more than this while the application reads its state anew. */
const MOST_HELD = 1000;

/**
 * Holds events back while the application reads its state anew, so that it can apply them to that state. Asked again
 * meanwhile, or with too much held, it reads once more.
 */
export class CatchUp<Why> {
  #held: (() => void)[] | undefined;
  #again: Why | undefined;
  #last: Why | undefined;

  /** @param read the application's; undefined if it has none, then nothing is ever held */
  constructor(
    private readonly read: ((why: Why) => Promise<unknown>) | undefined,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Runs the event now, or when the state has been read. */
  pass(event: () => void): void {
    if (this.#held === undefined) {
      event();
    } else if (this.#held.length < MOST_HELD) {
      this.#held.push(event);
    } else {
      // The state that is read from here on has them.
      this.#held = [event];
      this.#again = this.#last;
    }
  }

  start(why: Why): void {
    if (this.read === undefined) {
      return;
    }
    this.#last = why;
    if (this.#held !== undefined) {
      this.#held = [];
      this.#again = why;
      return;
    }
    this.#held = [];
    void this.#run(why, this.read);
  }

  async #run(first: Why, read: (why: Why) => Promise<unknown>): Promise<void> {
    let why: Why | undefined = first;
    while (why !== undefined) {
      this.#again = undefined;
      try {
        await read(why);
      } catch (error) {
        this.failed(error);
      }
      why = this.#again;
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    held.forEach((event) => event());
  }
}
