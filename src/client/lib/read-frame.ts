import type { ErrorFrame, MemberFrame, Position, PublicationFrame, ServerFrame, SubscribedFrame } from './frames.js';

/** What came is no frame of this protocol. The message names the field, never its value. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Typed reads from an object that anybody may have written. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new FrameError('not an object');
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  any(name: string): unknown {
    return this.#fields[name];
  }

  maybeString(name: string): string | undefined {
    return this.#maybe(name, (value) => typeof value === 'string');
  }

  maybeNumber(name: string): number | undefined {
    return this.#maybe(name, Number.isSafeInteger);
  }

  string(name: string): string {
    return this.maybeString(name) ?? missing(name);
  }

  number(name: string): number {
    return this.maybeNumber(name) ?? missing(name);
  }

  /** False where it is left out. */
  flag(name: string): boolean {
    return this.#maybe<boolean>(name, (value) => typeof value === 'boolean') ?? false;
  }

  /** Empty where it is left out. */
  list<T>(name: string, read: (fields: Fields) => T): readonly T[] {
    const list = this.#maybe<unknown[]>(name, Array.isArray) ?? [];
    return list.map((value) => read(new Fields(value)));
  }

  #maybe<T>(name: string, fits: (value: unknown) => boolean): T | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    return fits(value) ? (value as T) : missing(name);
  }
}

function missing(name: string): never {
  throw new FrameError(`${name} is missing or of another type`);
}

function position(from: Fields): Position | undefined {
  const epoch = from.maybeString('epoch');
  return epoch === undefined ? undefined : { epoch, offset: from.number('offset') };
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function publication(from: Fields): PublicationFrame {
  const bytes = from.any('bytes');
  return {
    epoch: from.maybeString('epoch'),
    offset: from.maybeNumber('offset'),
    // As base64 in JSON; as they are where the wire has them.
    data: bytes instanceof Uint8Array ? bytes : bytes === undefined ? from.any('data') : bytesOf(from.string('bytes')),
    meta: from.any('meta'),
    userId: from.maybeString('user_id'),
    timestamp: from.number('timestamp'),
    traceparent: from.maybeString('traceparent'),
  };
}

const subscribed = (from: Fields): SubscribedFrame => ({
  type: 'subscribed',
  channel: from.string('channel'),
  position: position(from),
  recovered: from.flag('recovered'),
  messages: from.list('messages', publication),
});

const member = (from: Fields): MemberFrame => ({
  userId: from.string('user_id'),
  sessionId: from.string('session_id'),
  info: from.any('info'),
  since: from.maybeNumber('since') ?? 0,
});

const error = (from: Fields): ErrorFrame => ({
  type: 'error',
  channel: from.maybeString('channel'),
  code: from.number('code'),
  error: from.string('error'),
  temporary: from.flag('temporary'),
  retryAfterMs: from.maybeNumber('retry_after_ms') ?? 0,
});

function instant(from: Fields, name: string): number {
  const millis = Date.parse(from.string(name));
  return Number.isNaN(millis) ? missing(name) : millis;
}

/**
 * Reads one frame that a codec has taken apart; the border behind which everything has its type.
 *
 * @throws FrameError if it is none, or of a type that this version does not know
 */
export function readFrame(value: unknown): ServerFrame {
  const from = new Fields(value);
  const id = from.maybeNumber('id');
  const type = from.string('type');
  switch (type) {
    case 'auth_success':
      return {
        id,
        type,
        sessionId: from.string('session_id'),
        userId: from.string('user_id'),
        timestamp: instant(from, 'timestamp'),
        expiresAt: from.number('expires_at'),
        pingIntervalMs: from.number('ping_interval_ms'),
        pongTimeoutMs: from.number('pong_timeout_ms'),
        node: from.string('node'),
        subscriptions: from.list('subscriptions', subscribed),
        refused: from.list('refused', error),
      };
    case 'auth_error':
      return { id, type, code: from.number('code'), error: from.string('error') };
    case 'refreshed':
      return { id, type, expiresAt: from.number('expires_at') };
    case 'subscribed':
      return { id, ...subscribed(from) };
    case 'unsubscribed':
      return {
        id,
        type,
        channel: from.string('channel'),
        code: from.number('code'),
        reason: from.maybeString('reason') ?? '',
      };
    case 'ack':
      return { id, type, channel: from.string('channel'), position: position(from), duplicate: from.flag('duplicate') };
    case 'message':
      return { id, type, channel: from.string('channel'), publication: publication(from) };
    case 'history':
      return {
        id,
        type,
        channel: from.string('channel'),
        position: position(from),
        messages: from.list('messages', publication),
      };
    case 'presence':
      return {
        id,
        type,
        channel: from.string('channel'),
        version: from.number('version'),
        members: from.list('members', member),
        users: from.number('users'),
        sessions: from.number('sessions'),
      };
    case 'join':
    case 'leave':
      return { id, type, channel: from.string('channel'), version: from.number('version'), member: member(from) };
    case 'gap':
      return { id, type, channel: from.string('channel'), missed: from.number('missed'), position: position(from) };
    case 'reply':
      return { id, type, data: from.any('data') };
    case 'error':
      return { id, ...error(from) };
    case 'ping':
    case 'pong':
      return { id, type };
    case 'reconnect':
      return {
        id,
        type,
        reason: from.maybeString('reason') ?? '',
        withinMs: from.maybeNumber('within_ms') ?? 0,
        url: from.maybeString('url'),
      };
    default:
      throw new FrameError('type is not known');
  }
}
