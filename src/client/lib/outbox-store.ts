/** A publish that waits for its acknowledgement. */
export interface QueuedMessage {
  /** Greater than that of every message queued before. */
  readonly order: number;
  readonly channel: string;
  /** JSON, or a `Uint8Array`. */
  readonly data: unknown;
  readonly meta: unknown;
  /** Told to the node with every try. */
  readonly key: string;
  readonly traceparent: string | undefined;
  /** When it may have been sent first, milliseconds since 1970; undefined if it certainly was not. */
  readonly triedAt: number | undefined;
}

/** Keeps what waits in the outbox. What fails here is reported, and the outbox goes on from memory. */
export interface OutboxStore {
  /**
   * What ended pages left and nobody else takes care of, in order; nothing that was given before. Called before the
   * others, and by clients that share a connection again when one of them has ended.
   */
  load(): readonly QueuedMessage[] | Promise<readonly QueuedMessage[]>;
  /** Adds it, or replaces the one with this key; done when it would survive. */
  put(message: QueuedMessage): void | Promise<void>;
  remove(message: QueuedMessage): void | Promise<void>;
}

/** Nothing survives the page. */
export const memoryStore: OutboxStore = {
  load: () => [],
  put: () => {},
  remove: () => {},
};
