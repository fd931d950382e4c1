import type { CarillonError } from './errors.js';
import type { MemberFrame, Position, PublicationFrame } from './frames.js';

export interface Message<T = unknown> {
  readonly channel: string;
  /** JSON, or a `Uint8Array` if bytes were published. */
  readonly data: T;
  /** What was published with bytes. */
  readonly meta: unknown;
  /** Undefined if a server published. */
  readonly userId: string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** W3C Trace Context of its publisher; undefined if that gave none. */
  readonly traceparent: string | undefined;
  /** Undefined in an ephemeral namespace. */
  readonly position: Position | undefined;
  /** Whether it was missed at first, and is delivered now. */
  readonly recovered: boolean;
}

/** One session that is on a channel. */
export type Member = MemberFrame;

export interface PresenceChange {
  readonly version: number;
  readonly member: Member;
}

export interface Gap {
  readonly channel: string;
  /**
   * `lost`: the node could not recover what was missed while there was no connection. `slow`: this client read too
   * slowly, and its namespace leaves out rather than closes.
   */
  readonly cause: 'lost' | 'slow';
  /** How many are missing; undefined if nobody knows. */
  readonly missed: number | undefined;
  /** The channel goes on after it; undefined in an ephemeral namespace. */
  readonly position: Position | undefined;
}

export interface ChannelEvents<T = unknown> {
  message: Message<T>;
  join: PresenceChange;
  leave: PresenceChange;
  gap: Gap;
  /** The channel is live; what was recovered has been delivered, unless `getState` holds it back. */
  subscribed: { readonly position: Position | undefined; readonly recovered: boolean };
  /** The application or the node ended it; a mere loss of the connection does not. */
  unsubscribed: { readonly code: number; readonly reason: string };
  error: CarillonError;
}

export function messageOf(
  channel: string,
  from: PublicationFrame,
  epoch: string | undefined,
  recovered: boolean,
): Message {
  const { data, meta, userId, timestamp, traceparent, offset } = from;
  const at = from.epoch ?? epoch;
  const position = offset === undefined || at === undefined ? undefined : { epoch: at, offset };
  return { channel, data, meta, userId, timestamp, traceparent, position, recovered };
}
