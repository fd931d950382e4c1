import type { Calls } from './calls.js';
import { messageOf, type ChannelEvents, type Message } from './channel-events.js';
import type { Clock } from './clock.js';
import type { Emitter, Release } from './emitter.js';
import { CarillonError } from './errors.js';
import type { Position } from './frames.js';
import { PresenceView, type Presence } from './presence.js';
import type { Subscription } from './subscription.js';
import { TypingMarks, type Typing, type TypingOptions } from './typing.js';

export interface PublishOptions {
  /** Makes a retry harmless; a random one unless set, 1 to 128 bytes. */
  readonly key?: string;
  /** Goes with bytes, any JSON. */
  readonly meta?: unknown;
  /** False to send it now or never: no outbox, no retry; it rejects if there is no connection. True unless set. */
  readonly queue?: boolean;
}

/** What became of a publish. */
export interface Receipt {
  /** Undefined in an ephemeral namespace. */
  readonly position: Position | undefined;
  /** Whether an earlier try of the same key had been taken. */
  readonly duplicate: boolean;
}

export interface HistoryOptions {
  /** At least 1; 100 unless set, and never more than the node allows. */
  readonly limit?: number;
  /** Begins just after it. */
  readonly since?: Position;
  /** Newest first. */
  readonly reverse?: boolean;
}

export interface History<T = unknown> {
  /** Where the channel is now. */
  readonly position: Position | undefined;
  readonly messages: readonly Message<T>[];
}

/** The part of data that has this `type`. */
export type OfType<T, K extends string> = Extract<T, { readonly type: K }>;

/**
 * A channel of this client. It is subscribed while somebody holds it: a handler of `message`, `join`, `leave` or `gap`,
 * a presence view, or `hold()`.
 */
export interface Channel<T = unknown> {
  readonly name: string;
  /** Of the last message that was taken, to be kept where it survives. */
  readonly position: Position | undefined;
  /** Whether the node delivers it now. */
  readonly live: boolean;
  on<E extends keyof ChannelEvents<T>>(event: E, handler: (event: ChannelEvents<T>[E]) => void): Release;
  /** Handles the messages whose data have this `type`. */
  when<K extends (T extends { readonly type: infer N extends string } ? N : never)>(
    type: K,
    handler: (data: OfType<T, K>, message: Message<OfType<T, K>>) => void,
  ): Release;
  /** Keeps it subscribed without a handler. */
  hold(): Release;
  /** Resolves when it is live; rejects if the node refuses it. */
  subscribed(): Promise<Position | undefined>;
  /** Rejects with a `CarillonError`. Bytes are published as such. */
  publish(data: T, options?: PublishOptions): Promise<Receipt>;
  /** Marks of somebody who types, bounded in number however fast that is; published now or never. */
  typing(options: TypingOptions<T>): Typing;
  history(options?: HistoryOptions): Promise<History<T>>;
  /** Needs `presence` and `join-leave` of the namespace. */
  presence(): Presence;
  /** How many are on it, without their names. */
  counts(): Promise<{ readonly users: number; readonly sessions: number }>;
}

const HOLDING: ReadonlySet<keyof ChannelEvents> = new Set(['message', 'join', 'leave', 'gap'] as const);

/** A handler that comes right after the last one went keeps the subscription. */
const LINGER_MS = 50;

export class ChannelHandle implements Omit<Channel, 'when'> {
  #holders = 0;

  constructor(
    readonly name: string,
    private readonly deps: {
      readonly events: Emitter<ChannelEvents>;
      readonly subscription: Subscription;
      readonly want: () => void;
      readonly publish: (data: unknown, options: PublishOptions) => Promise<Receipt>;
      readonly calls: Pick<Calls, 'call'>;
      readonly clock: Clock;
    },
  ) {}

  get position(): Position | undefined {
    return this.deps.subscription.position;
  }

  get live(): boolean {
    return this.deps.subscription.live;
  }

  on<E extends keyof ChannelEvents>(event: E, handler: (event: ChannelEvents[E]) => void): Release {
    const off = this.deps.events.on(event, handler);
    if (!HOLDING.has(event)) {
      return off;
    }
    const letGo = this.hold();
    return () => {
      off();
      letGo();
    };
  }

  when(type: string, handler: (data: never, message: never) => void): Release {
    return whenOf((event, own) => this.on(event, own), type, handler);
  }

  hold(): Release {
    this.#holders++;
    this.deps.want();
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.#holders--;
        this.deps.clock.schedule(() => this.#leaveIfFree(), LINGER_MS);
      }
    };
  }

  #leaveIfFree(): void {
    if (this.#holders === 0 && this.deps.subscription.wanted) {
      this.deps.subscription.release();
    }
  }

  async subscribed(): Promise<Position | undefined> {
    if (!this.live) {
      const letGo = this.hold();
      const offs: Release[] = [];
      try {
        await new Promise<void>((resolve, reject) => {
          offs.push(
            this.on('subscribed', () => resolve()),
            this.on('error', reject),
            this.on('unsubscribed', ({ code, reason }) => reject(new CarillonError(code, reason))),
          );
        });
      } finally {
        offs.forEach((off) => off());
        letGo();
      }
    }
    return this.position;
  }

  publish(data: unknown, options: PublishOptions = {}): Promise<Receipt> {
    return this.deps.publish(data, options);
  }

  typing(options: TypingOptions<unknown>): Typing {
    return new TypingMarks(options, (mark) => this.publish(mark, { queue: false }), this.deps.clock);
  }

  async history(options: HistoryOptions = {}): Promise<History> {
    const page = await this.deps.calls.call({ type: 'history', channel: this.name, ...options }, 'history', {
      retry: true,
    });
    return {
      position: page.position,
      messages: page.messages.map((message) => messageOf(this.name, message, page.position?.epoch, false)),
    };
  }

  presence(): Presence {
    return new PresenceView(
      {
        snapshot: () => this.deps.calls.call({ type: 'presence', channel: this.name }, 'presence', { retry: true }),
        watch: ({ began, joined, left }) => {
          const offs = [this.on('subscribed', began), this.on('join', joined), this.on('leave', left)];
          if (this.live) {
            began();
          }
          return () => offs.forEach((off) => off());
        },
      },
      this.deps.clock,
    );
  }

  async counts(): Promise<{ readonly users: number; readonly sessions: number }> {
    const { users, sessions } = await this.deps.calls.call(
      { type: 'presence', channel: this.name, stats: true },
      'presence',
      { retry: true },
    );
    return { users, sessions };
  }
}

/** Messages by the `type` of their data. */
export function whenOf(on: Channel['on'], type: string, handler: (data: never, message: never) => void): Release {
  return on('message', (message) => {
    if ((message.data as { readonly type?: unknown } | null)?.type === type) {
      handler(message.data as never, message as never);
    }
  });
}
