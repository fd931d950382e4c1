import { Emitter, type Release } from './emitter.js';

/** A value that changes. `subscribe` and `value` are what React's `useSyncExternalStore` asks for. */
export interface Observable<T> {
  readonly value: T;
  /** Called after each change, not for the value of now. */
  subscribe(observer: (value: T) => void): Release;
}

export class Observed<T> implements Observable<T> {
  readonly #changes = new Emitter<{ change: T }>();
  #value: T;

  constructor(initial: T) {
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  /** Tells the observers, unless it is the value of now. */
  set(value: T): void {
    if (!Object.is(value, this.#value)) {
      this.#value = value;
      this.#changes.emit('change', value);
    }
  }

  /** The same value in a newer form: nobody is told. */
  replace(value: T): void {
    this.#value = value;
  }

  subscribe(observer: (value: T) => void): Release {
    return this.#changes.on('change', observer);
  }
}
