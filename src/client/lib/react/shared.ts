import type { Release } from '../emitter.js';

/**
 * Something that is open while anybody holds it. When the last one lets go it stays open for the rest of the turn: strict
 * mode, fast refresh and a change of pages unmount and mount in one.
 */
export class Shared {
  #holders = 0;
  #close: Release | undefined;

  /** @param open opens it, and returns what closes it */
  constructor(private readonly open: () => Release) {}

  hold(): Release {
    this.#holders++;
    this.#close ??= this.open();
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.#holders--;
        queueMicrotask(() => this.#closeIfFree());
      }
    };
  }

  #closeIfFree(): void {
    if (this.#holders === 0) {
      this.#close?.();
      this.#close = undefined;
    }
  }
}

/** Makes one for each key, for as long as the key lives. */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
