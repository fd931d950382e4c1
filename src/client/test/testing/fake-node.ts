import type { Socket, SocketEvents, Transport } from '../../lib/transport.js';
import type { TestClock } from './test-clock.js';

export type Json = Readonly<Record<string, unknown>>;

interface Stream {
  epoch: string;
  first: number;
  readonly messages: unknown[];
  readonly keys: Map<string, number>;
}

/** What a test may change of the node's answers: undefined for its own, null for none. */
type Answer = (frame: Json, connection: FakeConnection) => Json | null | undefined;

/** Streams as a cluster keeps them, behind connections that exist only here. */
export class FakeNode {
  readonly connections: FakeConnection[] = [];
  readonly streams = new Map<string, Stream>();
  answer: Answer = () => undefined;
  /** Whether handshakes succeed. */
  reachable = true;
  tokenLifeMs = 600_000;
  userId = 'alice';
  version = 1;

  constructor(readonly clock: TestClock) {}

  readonly transport: Transport = {
    open: (url, protocol, events) => {
      const connection = new FakeConnection(this, url, protocol, events);
      this.connections.push(connection);
      return connection;
    },
  };

  get last(): FakeConnection {
    const last = this.connections.at(-1);
    if (last === undefined) {
      throw new Error('nobody has connected');
    }
    return last;
  }

  /** All frames that clients sent, of one type. */
  sent(type: string): Json[] {
    return this.connections.flatMap(({ frames }) => frames).filter((frame) => frame['type'] === type);
  }

  stream(channel: string): Stream {
    const stream = this.streams.get(channel) ?? { epoch: 'e1', first: 1, messages: [], keys: new Map() };
    this.streams.set(channel, stream);
    return stream;
  }

  /** Appends, delivers to subscribers, and returns the offset. */
  publish(channel: string, data: unknown, traceparent?: unknown): number {
    const stream = this.stream(channel);
    stream.messages.push(data);
    const offset = stream.first + stream.messages.length - 1;
    const frame = { type: 'message', channel, epoch: stream.epoch, offset, data, timestamp: 1, traceparent };
    this.connections.filter(({ channels }) => channels.has(channel)).forEach((each) => each.push(frame));
    return offset;
  }

  /** Subscribes the user to the personal channel, as a node does by itself after each welcome. */
  joinUser(): void {
    const channel = `user:${this.userId}`;
    this.last.channels.add(channel);
    this.last.push(this.subscribed({ channel }));
  }

  /** The stream is lost: it begins anew. */
  lose(channel: string): void {
    const { epoch } = this.stream(channel);
    this.streams.set(channel, { epoch: `${epoch}'`, first: 1, messages: [], keys: new Map() });
  }

  subscribed({ channel, epoch, offset }: Json): Json {
    const stream = this.stream(String(channel));
    const head = stream.first + stream.messages.length - 1;
    const recovered = epoch === stream.epoch && Number(offset) + 1 >= stream.first;
    const missed = recovered ? stream.messages.slice(Number(offset) - stream.first + 1) : [];
    return {
      type: 'subscribed',
      channel,
      epoch: stream.epoch,
      offset: head,
      recovered,
      messages: missed.map((data, i) => ({ offset: Number(offset) + 1 + i, data, timestamp: 1 })),
    };
  }
}

export class FakeConnection implements Socket {
  readonly frames: Json[] = [];
  readonly channels = new Set<string>();
  /** How the client closed it. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  #over = false;

  constructor(
    private readonly node: FakeNode,
    readonly url: string,
    readonly protocol: string,
    private readonly events: SocketEvents,
  ) {
    queueMicrotask(() => this.#open());
  }

  #open(): void {
    if (this.node.reachable && !this.#over) {
      this.events.opened();
    } else {
      this.drop(1006);
    }
  }

  /** Whether neither side has ended it. */
  get open(): boolean {
    return !this.#over;
  }

  send(message: string | Uint8Array): void {
    if (this.#over) {
      return;
    }
    const frame = (typeof message === 'string' ? JSON.parse(message) : { type: 'bytes', bytes: [...message] }) as Json;
    this.frames.push(frame);
    const answer = this.node.answer(frame, this);
    const reply = answer === undefined ? this.#reply(frame) : answer;
    if (reply !== null) {
      queueMicrotask(() => this.push({ id: frame['id'], ...reply }));
    }
  }

  close(code: number, reason: string): void {
    if (!this.#over) {
      this.#over = true;
      this.channels.clear();
      this.closed = { code, reason };
    }
  }

  /** The node, or the network, ends it. */
  drop(code: number, reason = ''): void {
    if (!this.#over) {
      this.#over = true;
      this.channels.clear();
      this.events.closed(code, reason);
    }
  }

  push(frame: Json): void {
    if (!this.#over) {
      this.events.received(JSON.stringify(frame));
    }
  }

  /** The bytes that the frame before has announced. */
  pushBytes(bytes: Uint8Array): void {
    this.events.received(bytes.slice().buffer);
  }

  #reply(frame: Json): Json | null {
    const channel = String(frame['channel']);
    switch (frame['type']) {
      case 'auth':
        return this.welcome(frame);
      case 'subscribe':
        this.channels.add(channel);
        return this.node.subscribed(frame);
      case 'unsubscribe':
        this.channels.delete(channel);
        return null;
      case 'publish':
        return this.#publish(channel, frame);
      case 'refresh':
        return { type: 'refreshed', expires_at: this.node.clock.now() + this.node.tokenLifeMs };
      case 'ping':
        return { type: 'pong' };
      case 'presence':
        return { type: 'presence', channel, version: this.node.version, members: [], users: 0, sessions: 0 };
      default:
        return null;
    }
  }

  welcome(frame: Json): Json {
    const subscribe = (frame['subscribe'] ?? []) as Json[];
    subscribe.forEach(({ channel }) => this.channels.add(String(channel)));
    const now = this.node.clock.now();
    return {
      type: 'auth_success',
      session_id: `s${this.node.connections.indexOf(this)}`,
      user_id: this.node.userId,
      timestamp: new Date(now).toISOString(),
      expires_at: now + this.node.tokenLifeMs,
      ping_interval_ms: 30_000,
      pong_timeout_ms: 10_000,
      node: 'n1',
      version: 1,
      subscriptions: subscribe.map((one) => this.node.subscribed(one)),
      refused: [],
    };
  }

  #publish(channel: string, frame: Json): Json {
    const stream = this.node.stream(channel);
    const key = String(frame['key']);
    const before = stream.keys.get(key);
    const offset = before ?? this.node.publish(channel, frame['data'], frame['traceparent']);
    stream.keys.set(key, offset);
    return { type: 'ack', channel, epoch: stream.epoch, offset, duplicate: before !== undefined };
  }
}
