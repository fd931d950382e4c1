import type { Clock, Timer } from '../../lib/clock.js';

/** Lets everything that waits for a promise go on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** Time stands until the test moves it; chance is what the test says. */
export class TestClock implements Clock {
  chance = 0;
  #now = Date.parse('2026-01-28T10:00:00Z');
  #tasks: Task[] = [];

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  schedule(run: () => void, ms: number): Timer {
    const task = { at: this.#now + ms, run };
    this.#tasks.push(task);
    return { cancel: () => (this.#tasks = this.#tasks.filter((other) => other !== task)) };
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.#tasks.length;
  }

  /** Moves time, running what is due when it is due, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#tasks = this.#tasks.filter((task) => task !== next);
      next.run();
      await settled();
    }
    this.#now = end;
  }

  /** The machine sleeps: time passes, and what was due runs late, all at its end. */
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(0);
  }

  #due(end: number): Task | undefined {
    return this.#tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
