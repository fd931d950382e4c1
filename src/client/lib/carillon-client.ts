import type { Backoff } from './backoff.js';
import { Calls } from './calls.js';
import { ChannelHandle, whenOf, type Channel, type PublishOptions, type Receipt } from './channel.js';
import type { ChannelEvents } from './channel-events.js';
import type { Client, ClientEvents, ConnectOptions, RequestOptions, Session } from './client.js';
import { systemClock, type Clock } from './clock.js';
import type { ClientConnection } from './connection.js';
import { Emitter, type Release } from './emitter.js';
import { CarillonError, ClientCode } from './errors.js';
import type { AuthSuccessFrame, ServerFrame } from './frames.js';
import { randomKey } from './keys.js';
import type { Wire } from './link.js';
import { nodeConnection, type ConnectionParts } from './node-connection.js';
import { Outbox, type Outcome } from './outbox.js';
import { memoryStore, type QueuedMessage } from './outbox-store.js';
import { snapshot } from './payload.js';
import { QualityMeter } from './quality.js';
import { consoleLog, type Report, type Reporter } from './report.js';
import { Subscription, type SubscriptionOptions } from './subscription.js';
import { Subscriptions } from './subscriptions.js';
import { pageSurroundings, restWith } from './surroundings.js';

/** A publish without an answer for so long is sent again; longer than a node's own `limits.publish-timeout`. */
const PUBLISH_TIMEOUT_MS = 20_000;
const PERSONAL = 'user:';

interface Opened {
  readonly handle: ChannelHandle;
  readonly subscription: Subscription;
}

/** Puts the parts together: frames go from the connection to subscriptions and calls, publishes through the outbox. */
export class CarillonClient implements Client {
  readonly quality: QualityMeter;
  readonly user: Client['user'];
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #report: Reporter;
  readonly #events = new Emitter<ClientEvents>();
  readonly #personal = new Emitter<ChannelEvents>();
  readonly #opened = new Map<string, Opened>();
  readonly #connection: ClientConnection;
  readonly #subscriptions: Subscriptions;
  readonly #calls: Calls;
  readonly #outbox: Outbox;
  #link: Wire | undefined;
  #session: Session | undefined;
  #noRest: Release | undefined;

  constructor(
    private readonly options: ConnectOptions,
    connectionOf: (parts: ConnectionParts) => ClientConnection = nodeConnection,
  ) {
    const clock = options.clock ?? systemClock;
    const backoff = { minMs: 1000, maxMs: 30_000, ...options.backoff };
    this.#clock = clock;
    this.#backoff = backoff;
    this.#report = reporter(options);
    this.quality = new QualityMeter(() => clock.now());
    this.user = this.#personalChannel();
    this.#calls = new Calls({ clock, backoff });
    this.#subscriptions = new Subscriptions(clock, (channel) => this.#open(channel).subscription);
    this.#outbox = this.#makeOutbox();
    this.#connection = connectionOf({
      options,
      clock,
      backoff,
      report: this.#report,
      first: () => this.#subscriptions.first(),
      channelToken: (channel) => this.#opened.get(channel)?.subscription.token(),
      adopt: () => void this.#outbox.adopt(),
      events: {
        established: (link, auth) => this.#established(link, auth),
        lost: (byItself) => this.#lost(byItself),
        pushed: (frame) => this.#pushed(frame),
      },
    });
    this.#connection.state.subscribe((state) => {
      this.#events.emit('state', state);
      const error = this.#connection.error;
      if (state === 'error' && error !== undefined) {
        this.#calls.failAll(error);
        this.#events.emit('error', error);
      }
    });
    if (options.autoConnect !== false) {
      this.connect();
    }
  }

  get state(): Client['state'] {
    return this.#connection.state;
  }

  get error(): CarillonError | undefined {
    return this.#connection.error;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get queued(): number {
    return this.#outbox.size;
  }

  stored(): Promise<void> {
    return this.#outbox.stored();
  }

  discard(): Promise<void> {
    return this.#outbox.discard(new CarillonError(ClientCode.discarded, 'the application gave it up'));
  }

  on<E extends keyof ClientEvents>(event: E, handler: (event: ClientEvents[E]) => void): Release {
    return this.#events.on(event, handler);
  }

  connect(): void {
    this.#noRest ??= restWith(this.options.surroundings ?? pageSurroundings(), this.#connection, {
      clock: this.#clock,
      pauseHiddenAfterMs: this.options.pauseHiddenAfterMs ?? 300_000,
      idle: () => this.#outbox.size === 0,
    });
    this.#connection.connect();
  }

  close(): void {
    this.#connection.pause('closed');
    this.#noRest?.();
    this.#noRest = undefined;
    this.#calls.failAll(new CarillonError(ClientCode.closed, 'the client was closed'));
  }

  channel(name: string, options?: SubscriptionOptions): Channel {
    return this.#open(name, options).handle as Channel;
  }

  async request(address: string, data: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { timeoutMs = 10_000, retry = false } = options;
    const body = data === undefined ? null : snapshot(data, this.#maxBytes);
    const reply = await this.#calls.call(
      { type: 'request', address, data: body, timeout_ms: timeoutMs, ...this.#trace() },
      'reply',
      { timeoutMs, retry },
    );
    return reply.data;
  }

  get #maxBytes(): number {
    return this.options.maxMessageBytes ?? 65_536;
  }

  #trace(): { readonly traceparent?: string } {
    const traceparent = this.options.traceparent?.();
    return traceparent === undefined ? {} : { traceparent };
  }

  #makeOutbox(): Outbox {
    const { store = memoryStore, capacity = 100, keyLifeMs = 120_000 } = this.options.outbox ?? {};
    return new Outbox({
      store,
      capacity,
      keyLifeMs,
      clock: this.#clock,
      backoff: this.#backoff,
      report: this.#report,
      send: (message, settle) => this.#send(message, settle),
      adopted: (message, outcome) =>
        outcome instanceof CarillonError
          ? this.#events.emit('undelivered', { message, error: outcome })
          : this.#events.emit('delivered', { message, receipt: outcome }),
    });
  }

  #established(link: Wire, auth: AuthSuccessFrame): void {
    const { sessionId, userId, node, timestamp } = auth;
    this.#link = link;
    this.#session = { sessionId, userId, node, timestamp };
    this.#subscriptions.established(link, auth);
    this.#calls.established(link);
    this.#outbox.resume();
    this.#measure();
    this.#events.emit('session', this.#session);
  }

  #lost(byItself: boolean): void {
    if (byItself) {
      this.quality.dropped();
    }
    this.#link = undefined;
    this.#outbox.pause();
    this.#calls.lost();
    this.#subscriptions.lost();
  }

  #pushed(frame: ServerFrame): void {
    this.#subscriptions.pushed(frame);
    if (frame.type === 'ping') {
      // The radio is awake for the node's ping anyway.
      this.#measure();
    }
  }

  #measure(): void {
    const sentAt = this.#clock.now();
    this.#link?.call({ type: 'ping' }, PUBLISH_TIMEOUT_MS, (answer) => {
      if (!(answer instanceof CarillonError)) {
        const ms = this.#clock.now() - sentAt;
        this.quality.roundTrip(ms);
        this.#report({ type: 'round-trip', ms });
      }
    });
  }

  #send({ channel, data, meta, key, traceparent }: QueuedMessage, settle: (outcome: Outcome) => void): void {
    const trace = traceparent === undefined ? {} : { traceparent };
    const extra = meta === undefined ? {} : { meta };
    const link = this.#link;
    if (link === undefined) {
      settle(new CarillonError(ClientCode.connectionLost, 'there is no connection', true));
      return;
    }
    link.call({ type: 'publish', channel, data, key, ...extra, ...trace }, PUBLISH_TIMEOUT_MS, (answer) => {
      if (answer instanceof CarillonError) {
        settle(answer);
      } else if (answer.type === 'ack') {
        settle({ position: answer.position, duplicate: answer.duplicate });
      } else {
        settle(new CarillonError(200, `answered with ${answer.type}`));
      }
    });
  }

  async #publish(channel: string, data: unknown, options: PublishOptions): Promise<Receipt> {
    const { key = randomKey(), meta, queue = true } = options;
    const message = { meta, key, ...this.#trace() };
    const body = snapshot(data, this.#maxBytes);
    if (queue) {
      return this.#outbox.publish(channel, body, message);
    }
    return new Promise((resolve, reject) => {
      const now = { order: 0, triedAt: undefined, traceparent: undefined, channel, data: body, ...message };
      this.#send(now, (outcome) => (outcome instanceof CarillonError ? reject(outcome) : resolve(outcome)));
    });
  }

  #open(name: string, options: SubscriptionOptions = {}): Opened {
    const known = this.#opened.get(name);
    if (known !== undefined) {
      return known;
    }
    const clock = this.#clock;
    const events = name.startsWith(PERSONAL) ? this.#personal : new Emitter<ChannelEvents>();
    events.on('message', () => this.quality.message());
    events.on('gap', ({ missed }) => this.quality.gap(missed));
    const deps = { options, clock, backoff: this.#backoff, events, report: this.#report };
    const subscription = new Subscription(name, deps);
    const handle = new ChannelHandle(name, {
      events,
      subscription,
      clock,
      calls: this.#calls,
      want: () => this.#subscriptions.want(subscription),
      publish: (data, publishOptions) => this.#publish(name, data, publishOptions),
    });
    const opened = { handle, subscription };
    this.#opened.set(name, opened);
    this.#subscriptions.add(subscription);
    return opened;
  }

  /** Its name is known once there is a session; its handlers may come before. */
  #personalChannel(): Client['user'] {
    const handle = (): ChannelHandle | undefined => this.#session && this.#open(PERSONAL + this.#session.userId).handle;
    const on: Channel['on'] = (event, handler) => this.#personal.on(event, handler);
    return {
      on,
      when: (type: string, handler: (data: never, message: never) => void) => whenOf(on, type, handler),
      history: async (options) => {
        const channel = handle();
        if (channel === undefined) {
          throw new CarillonError(ClientCode.connectionLost, 'nobody has logged in yet', true);
        }
        return channel.history(options);
      },
      get position() {
        return handle()?.position;
      },
      get live() {
        return handle()?.live ?? false;
      },
    };
  }
}

function reporter({ debug = false, onReport }: ConnectOptions): Reporter {
  const log = typeof debug === 'function' ? debug : consoleLog;
  return (report: Report) => {
    onReport?.(report);
    if (debug !== false) {
      const { type, ...rest } = report;
      log(`carillon: ${type} ${JSON.stringify(rest)}`, report);
    }
  };
}
