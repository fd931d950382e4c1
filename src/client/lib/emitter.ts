/** Ends what it was returned for; calling it again does nothing. */
export type Release = () => void;

/** Handlers by event. A handler that throws does not keep the others from being called. */
export class Emitter<Events> {
  readonly #handlers = new Map<keyof Events, Set<(event: never) => void>>();

  constructor(private readonly failed: (error: unknown) => void = rethrowLater) {}

  on<E extends keyof Events>(event: E, handler: (event: Events[E]) => void): Release {
    // Wrapped, so that a handler given twice is called twice and each can be taken away alone.
    const own = (value: Events[E]): void => handler(value);
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(own));
    return () => void handlers.delete(own);
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) {
      try {
        handler(value as never);
      } catch (error) {
        this.failed(error);
      }
    }
  }
}

/** A handler's fault belongs where uncaught errors are looked for, not into the connection. */
export function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
