/** Something scheduled; cancelling it twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time and chance. Handed in everywhere, so that a test can move the one and choose the other. */
export interface Clock {
  /** Milliseconds since 1970, going on while the machine sleeps. */
  now(): number;
  /** At least 0, below 1. */
  random(): number;
  /** Runs the task once, after so many milliseconds or, where timers are frozen, later. */
  schedule(task: () => void, ms: number): Timer;
}

/** Longer than this a timer of JavaScript fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  schedule(task, ms) {
    const timer = setTimeout(task, Math.min(ms, LONGEST_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};
