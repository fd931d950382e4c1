import type { Channel, Receipt } from '../channel.js';
import type { Message } from '../channel-events.js';
import { connect, type Client, type ConnectOptions, type RequestOptions, type Session } from '../client.js';
import type { State } from '../connection.js';
import { Emitter, type Release } from '../emitter.js';
import type { CarillonError } from '../errors.js';
import { Observed, type Observable } from '../observable.js';
import { Shared } from './shared.js';
import { Narrator, type SocketEvent, type SocketEvents } from './socket-events.js';

export interface SocketOptions extends Omit<ConnectOptions, 'autoConnect'> {
  /** Subscribed while connected; the personal channel is in any case. */
  readonly channel?: string;
  /** Where `send` publishes; `channel` unless set. */
  readonly sendTo?: string;
  /** How many of the last messages `messages` keeps, 0 for none; 100 unless set. */
  readonly keepMessages?: number;
}

/** What a component sees of a named connection; a new object when something has changed. */
export interface SocketView {
  readonly connectionState: State;
  readonly isConnected: boolean;
  /** Of the live connection, or the last one. */
  readonly session: Session | undefined;
  /** What went wrong since a socket was last open. */
  readonly error: CarillonError | undefined;
  /** The last ones, oldest first. */
  readonly messages: readonly Message[];
}

/** What a component does with a named connection. These functions are always the same, and need no `this`. */
export interface SocketActions {
  /** Connects, until `disconnect()`, whoever else uses it; also after an error. */
  readonly connect: () => void;
  /** Ends the connection for all that use it, until one of them connects. */
  readonly disconnect: () => void;
  /**
   * Publishes text, or bytes with what describes them. Before the login up to 100 (`outbox.capacity`) wait, and are sent in
   * order; they are dropped if the login fails for good. Rejects with a `CarillonError`, which nobody has to catch.
   */
  readonly send: (data: string | Uint8Array, meta?: unknown) => Promise<Receipt>;
  /** The same for anything that is JSON. */
  readonly sendJSON: (data: unknown) => Promise<Receipt>;
  /** Asks a verticle, as `Client.request` does; what it is asked about may have been published before. */
  readonly request: (address: string, data: unknown, options?: RequestOptions) => Promise<unknown>;
  /** Handles the messages of this `type`, of their data or of the `meta` of bytes; `*` for all. */
  readonly subscribe: (type: string, handler: (data: unknown, message: Message) => void) => Release;
  readonly on: <E extends keyof SocketEvents>(event: E, handler: (event: SocketEvents[E]) => void) => Release;
}

const BEFORE: SocketView = {
  connectionState: 'disconnected',
  isConnected: false,
  session: undefined,
  error: undefined,
  messages: [],
};

/** One connection by its name. Nothing happens, and nothing is opened, before somebody connects or sends. */
export class NamedSocket implements Observable<SocketView> {
  readonly actions: SocketActions;
  readonly #view = new Observed(BEFORE);
  readonly #events = new Emitter<SocketEvents>();
  readonly #messages = new Emitter<Record<string, Message>>();
  readonly #narrator = new Narrator();
  readonly #used: Shared;
  #told: SocketEvent[] = [];
  #telling = false;
  #client: Client | undefined;
  /** Somebody called `connect()`, so that it does not end with its last component. */
  #kept = false;

  constructor(
    private readonly name: string,
    private readonly options: SocketOptions,
  ) {
    this.#used = new Shared(() => {
      this.#opened.connect();
      return () => this.#kept || this.#client?.close();
    });
    this.actions = {
      connect: () => {
        this.#kept = true;
        this.#opened.connect();
      },
      disconnect: () => this.disconnect(),
      send: (data, meta) => this.#publish(data, meta),
      sendJSON: (data) => this.#publish(data, undefined),
      request: (address, data, options) => this.#opened.request(address, data, options),
      subscribe: (type, handler) => this.#messages.on(type, (message) => handler(message.data, message)),
      on: (event, handler) => this.#events.on(event, handler),
    };
  }

  get value(): SocketView {
    return this.#view.value;
  }

  subscribe(observer: (view: SocketView) => void): Release {
    return this.#view.subscribe(observer);
  }

  /** Connected while anybody holds it. */
  hold(): Release {
    return this.#used.hold();
  }

  disconnect(): void {
    this.#kept = false;
    this.#client?.close();
  }

  get #opened(): Client {
    this.#client ??= this.#open();
    return this.#client;
  }

  #open(): Client {
    const { onReport, channel } = this.options;
    const client = connect({
      ...this.options,
      autoConnect: false,
      onReport: (report) => {
        this.#narrator.reported(report);
        onReport?.(report);
      },
    });
    client.on('state', (state) => this.#changed(client, state));
    client.on('session', (session) => this.#show({ session }));
    this.#read(client.user);
    if (channel !== undefined) {
      this.#read(client.channel(channel));
    }
    return client;
  }

  #read(source: Pick<Channel, 'on'>): void {
    source.on('message', (message) => this.#received(message));
    source.on('gap', (gap) => this.#tell([['gap', gap]]));
    source.on('error', (error) => this.#tell([['error', error]]));
  }

  #publish(data: unknown, meta: unknown): Promise<Receipt> {
    const channel = this.options.sendTo ?? this.options.channel;
    const receipt =
      channel === undefined
        ? Promise.reject<Receipt>(new Error(`${this.name}: nothing says where to send: set channel or sendTo`))
        : this.#opened.channel(channel).publish(data, meta === undefined ? {} : { meta });
    // Who does not wait for it hears nothing of its failure.
    receipt.catch(() => {});
    return receipt;
  }

  #received(message: Message): void {
    const { keepMessages = 100 } = this.options;
    if (keepMessages > 0) {
      this.#show({ messages: [...this.value.messages, message].slice(-keepMessages) });
    }
    const type = typeOf(message.data) ?? typeOf(message.meta);
    if (type !== undefined) {
      this.#messages.emit(type, message);
    }
    this.#messages.emit('*', message);
  }

  #changed(client: Client, state: State): void {
    const events = this.#narrator.changed(state, this.value.connectionState, client.session, client.error);
    if (events.some(([event]) => event === 'authenticationError')) {
      // What one user wrote must not go out with the login of the next.
      void client.discard();
    }
    const error = state === 'authenticating' ? undefined : this.value.error;
    this.#show({ connectionState: state, isConnected: state === 'connected', error });
    this.#tell(events);
  }

  /** In order, also if a handler makes the state change again. */
  #tell(events: readonly SocketEvent[]): void {
    this.#told.push(...events);
    if (this.#telling) {
      return;
    }
    this.#telling = true;
    for (let next = this.#told.shift(); next !== undefined; next = this.#told.shift()) {
      const [event, value] = next;
      if (value instanceof Error) {
        this.#show({ error: value });
      }
      this.#events.emit(event, value);
    }
    this.#telling = false;
  }

  #show(change: Partial<SocketView>): void {
    this.#view.set({ ...this.value, ...change });
  }
}

function typeOf(data: unknown): string | undefined {
  const type = (data as { readonly type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' ? type : undefined;
}
