/** A place in a channel's stream: `offset` counts publications from 1, `epoch` changes when a stream was lost. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export interface Subscribe {
  readonly channel: string;
  readonly epoch?: string;
  readonly offset?: number;
  readonly token?: string;
}

/** What a client sends, without the `id` that its connection adds. */
export type Command =
  | {
      readonly type: 'auth';
      readonly token: string;
      readonly subscribe: readonly Subscribe[];
      readonly client?: { readonly name: string; readonly version: string };
    }
  | { readonly type: 'refresh'; readonly token: string }
  | ({ readonly type: 'subscribe' } & Subscribe)
  | { readonly type: 'unsubscribe'; readonly channel: string }
  | {
      readonly type: 'publish';
      readonly channel: string;
      /** JSON, or bytes. */
      readonly data: unknown;
      /** Goes with bytes. */
      readonly meta?: unknown;
      readonly key?: string;
      readonly traceparent?: string;
    }
  | {
      readonly type: 'history';
      readonly channel: string;
      readonly limit?: number;
      readonly since?: Position;
      readonly reverse?: boolean;
    }
  | { readonly type: 'presence'; readonly channel: string; readonly stats?: boolean }
  | {
      readonly type: 'request';
      readonly address: string;
      readonly data: unknown;
      readonly timeout_ms?: number;
      readonly traceparent?: string;
    }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' };

/** A publication, in a `message` or among the `messages` of another frame; `data` are JSON or bytes. */
export interface PublicationFrame {
  readonly epoch: string | undefined;
  readonly offset: number | undefined;
  readonly data: unknown;
  readonly meta: unknown;
  readonly userId: string | undefined;
  readonly timestamp: number;
  readonly traceparent: string | undefined;
}

export interface SubscribedFrame {
  readonly type: 'subscribed';
  readonly channel: string;
  readonly position: Position | undefined;
  readonly recovered: boolean;
  readonly messages: readonly PublicationFrame[];
}

export interface ErrorFrame {
  readonly type: 'error';
  readonly channel: string | undefined;
  readonly code: number;
  readonly error: string;
  readonly temporary: boolean;
  readonly retryAfterMs: number;
}

export interface MemberFrame {
  readonly userId: string;
  readonly sessionId: string;
  readonly info: unknown;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface AuthSuccessFrame {
  readonly type: 'auth_success';
  readonly sessionId: string;
  readonly userId: string;
  /** The node's time, and when the token expires on it; milliseconds since 1970. */
  readonly timestamp: number;
  readonly expiresAt: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  readonly node: string;
  readonly subscriptions: readonly SubscribedFrame[];
  readonly refused: readonly ErrorFrame[];
}

export interface PresenceFrame {
  readonly type: 'presence';
  readonly channel: string;
  readonly version: number;
  readonly members: readonly MemberFrame[];
  readonly users: number;
  readonly sessions: number;
}

/** What a node sends, as it was read. */
export type ServerFrame = { readonly id: number | undefined } & (
  | AuthSuccessFrame
  | { readonly type: 'auth_error'; readonly code: number; readonly error: string }
  | { readonly type: 'refreshed'; readonly expiresAt: number }
  | SubscribedFrame
  | { readonly type: 'unsubscribed'; readonly channel: string; readonly code: number; readonly reason: string }
  | {
      readonly type: 'ack';
      readonly channel: string;
      readonly position: Position | undefined;
      readonly duplicate: boolean;
    }
  | { readonly type: 'message'; readonly channel: string; readonly publication: PublicationFrame }
  | {
      readonly type: 'history';
      readonly channel: string;
      readonly position: Position | undefined;
      readonly messages: readonly PublicationFrame[];
    }
  | PresenceFrame
  | { readonly type: 'join'; readonly channel: string; readonly version: number; readonly member: MemberFrame }
  | { readonly type: 'leave'; readonly channel: string; readonly version: number; readonly member: MemberFrame }
  | {
      readonly type: 'gap';
      readonly channel: string;
      readonly missed: number;
      readonly position: Position | undefined;
    }
  | { readonly type: 'reply'; readonly data: unknown }
  | ErrorFrame
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | {
      readonly type: 'reconnect';
      readonly reason: string;
      readonly withinMs: number;
      readonly url: string | undefined;
    }
);

/** The frame of one type. */
export type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: T }>;
