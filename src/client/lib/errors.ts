/** Codes of errors that the client itself makes; those of a node are 100 to 1999, see the protocol. */
export const ClientCode = {
  /** The connection ended before the answer came; whether the command was carried out is not known. */
  connectionLost: 2,
  /** Nobody answered in time. */
  timeout: 3,
  /** The client was closed. */
  closed: 4,
  /** The outbox holds as many messages as it may. */
  outboxFull: 5,
  /** A publish was sent, its outcome stayed unknown, and its key is too old to ask again without a double. */
  outcomeUnknown: 6,
  /** The application gave up what waited in the outbox. */
  discarded: 7,
} as const;

/** Everything that this library rejects with or reports. */
export class CarillonError extends Error {
  override readonly name: string = 'CarillonError';

  /**
   * @param code of the node (100 to 1999), of a close (1000, 4000 and up), or one of `ClientCode`
   * @param temporary whether the same may succeed later
   * @param retryAfterMs how long to wait at least, 0 if nobody said
   */
  constructor(
    readonly code: number,
    message: string,
    readonly temporary: boolean = false,
    readonly retryAfterMs: number = 0,
  ) {
    super(message);
  }
}

/** Thrown by `getToken` if there will be no token: the client stops and tells the application. */
export class NoTokenError extends CarillonError {
  override readonly name = 'NoTokenError';

  constructor(message = 'there is no token') {
    super(4001, message);
  }
}

/** Anything that was thrown, as an `Error`. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Whether the same command may be sent again later. */
export const isTemporary = (error: Error): boolean => error instanceof CarillonError && error.temporary;
