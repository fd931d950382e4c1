import type { Backoff } from './backoff.js';
import { CarillonClient } from './carillon-client.js';
import type { Channel, Receipt } from './channel.js';
import type { Clock } from './clock.js';
import type { Codec } from './codec.js';
import type { State } from './connection.js';
import type { Release } from './emitter.js';
import type { CarillonError } from './errors.js';
import type { Observable } from './observable.js';
import type { OutboxStore, QueuedMessage } from './outbox-store.js';
import type { Quality } from './quality.js';
import type { Report, Reporter } from './report.js';
import type { SubscriptionOptions } from './subscription.js';
import type { Surroundings } from './surroundings.js';
import type { GetToken } from './tokens.js';
import type { Transport, WebSocketConstructor } from './transport.js';

/** What an application says of its channels and requests; `connect<Api>()` makes everything else typed. */
export interface AnyApi {
  /** Data by channel; template literals such as `messages:${string}` name many. */
  readonly channels: object;
  /** Data and answer by address. */
  readonly requests: object;
  /** Data of the user's personal channel. */
  readonly user: unknown;
}

/** Where nothing was said, everything goes. */
export interface UntypedApi extends AnyApi {
  readonly channels: Readonly<Record<string, unknown>>;
  readonly requests: Readonly<Record<string, { readonly data: unknown; readonly answer: unknown }>>;
}

type Names<T> = keyof T & string;
/** What a request carries. */
export type DataOf<R> = R extends { readonly data: infer D } ? D : unknown;
/** What it is answered with. */
export type AnswerOf<R> = R extends { readonly answer: infer A } ? A : unknown;

export interface ConnectOptions {
  /** The endpoint, such as wss://example.org/ws, or several: after a failure the next one is tried. */
  readonly url: string | readonly string[];
  /** Asked before each connection and before the token expires. */
  readonly getToken: GetToken;
  /** For operators: which application this is. */
  readonly client?: { readonly name: string; readonly version: string };
  /** False to wait for `connect()`; true unless set. */
  readonly autoConnect?: boolean;
  /** 1 s to 30 s unless set. */
  readonly backoff?: Partial<Backoff>;
  /** Attempts in a row before the state is `error`; unlimited unless set. */
  readonly maxAttempts?: number;
  /** Time for a handshake with authentication, and for `getToken`; 10000 unless set. */
  readonly openWithinMs?: number;
  /** Time that a page is hidden before it rests; Infinity for never, 300000 unless set. */
  readonly pauseHiddenAfterMs?: number;
  /** How publishes wait for their acknowledgement. */
  readonly outbox?: {
    /** In memory unless set; see carillon-client/indexeddb. */
    readonly store?: OutboxStore;
    /** Most messages that wait; 100 unless set. */
    readonly capacity?: number;
    /** `key-ttl` of the namespaces: later, a publish with an unknown outcome is rejected, not repeated; 120000 unless set. */
    readonly keyLifeMs?: number;
  };
  /** Largest command in bytes, as the node's `limits.max-frame-bytes`; a larger one is refused here. 65536 unless set. */
  readonly maxMessageBytes?: number;
  /** Told of everything that happens, for analytics. */
  readonly onReport?: Reporter;
  /** Logs the same to the console, or to a function; false unless set. */
  readonly debug?: boolean | ((line: string, report: Report) => void);
  /** The W3C traceparent of now; goes along with publishes and requests. */
  readonly traceparent?: () => string | undefined;
  /** Where there is no global one, such as that of the package ws; or one that a test watches. */
  readonly webSocket?: WebSocketConstructor;
  /** Another way to the node; a WebSocket unless set. */
  readonly transport?: Transport;
  /** Another wire form; JSON unless set. */
  readonly codec?: Codec;
  /** Time and chance; the system's unless set. */
  readonly clock?: Clock;
  /** Online, visible, frozen; those of the page, if there is one, unless set. */
  readonly surroundings?: Surroundings;
}

export interface Session {
  readonly sessionId: string;
  readonly userId: string;
  readonly node: string;
  /** When the node let it in, by the node's clock; milliseconds since 1970. */
  readonly timestamp: number;
}

export interface ClientEvents {
  state: State;
  session: Session;
  /** The state became `error`: the client does nothing more by itself. */
  error: CarillonError;
  /** A message that an earlier page had left in the outbox has been published, or refused for good. */
  delivered: { readonly message: QueuedMessage; readonly receipt: Receipt };
  undelivered: { readonly message: QueuedMessage; readonly error: CarillonError };
}

export interface RequestOptions {
  /** For the node and for waiting here, in milliseconds; 10000 unless set. */
  readonly timeoutMs?: number;
  /** Whether the verticle can stand to be asked twice; false unless set. */
  readonly retry?: boolean;
}

/** A client of Carillon: one connection, however many channels. */
export interface Client<A extends AnyApi = UntypedApi> {
  readonly state: Observable<State>;
  readonly quality: Observable<Quality>;
  /** Of the live connection, or the last one. */
  readonly session: Session | undefined;
  /** Why the state is `error`. */
  readonly error: CarillonError | undefined;
  /** Publishes that wait. */
  readonly queued: number;
  /** Resolves when all that waits has been written where the store keeps it. */
  stored(): Promise<void>;
  /** Gives up the publishes that wait: each rejects with `ClientCode.discarded`. Resolves when they have. */
  discard(): Promise<void>;
  /** The personal channel, `user:{id}`: subscribed by the server, whoever listens. */
  readonly user: Pick<Channel<A['user']>, 'on' | 'when' | 'history' | 'position' | 'live'>;
  on<E extends keyof ClientEvents>(event: E, handler: (event: ClientEvents[E]) => void): Release;
  /** The channel of this name, always the same one; options count the first time. */
  channel<N extends Names<A['channels']>>(name: N, options?: SubscriptionOptions): Channel<A['channels'][N]>;
  /** Asks a verticle; rejects with a `CarillonError`, which has the verticle's own code if it failed. */
  request<N extends Names<A['requests']>>(
    address: N,
    data: DataOf<A['requests'][N]>,
    options?: RequestOptions,
  ): Promise<AnswerOf<A['requests'][N]>>;
  connect(): void;
  /** Ends the connection, until `connect()`. What waits in the outbox goes on waiting. */
  close(): void;
}

/** @throws if an option makes no sense, or there is no WebSocket; with `autoConnect: false` not before `connect()` */
export function connect<A extends AnyApi = UntypedApi>(options: ConnectOptions): Client<A> {
  return new CarillonClient(options) as unknown as Client<A>;
}
