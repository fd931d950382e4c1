import type { Backoff } from '../backoff.js';
import type { ChannelEvents, Message } from '../channel-events.js';
import type { Clock } from '../clock.js';
import { CarillonError, ClientCode } from '../errors.js';
import type { Position, PublicationFrame, ServerFrame, Subscribe, SubscribedFrame } from '../frames.js';
import type { Settle, Wire } from '../link.js';
import type { Reporter } from '../report.js';
import { Subscription } from '../subscription.js';

/** What a feed needs of a tab. */
export interface Member {
  push(frame: ServerFrame): void;
}

/** As many as a node recovers at once; what is older is asked of the channel's history. */
const RECENT = 300;
const TIMEOUT_MS = 10_000;

/** One channel, subscribed once for all tabs that want it; each of them goes on from its own position. */
export class Feed {
  readonly members = new Set<Member>();
  readonly subscription: Subscription;
  /** Whether the server subscribed it: then every tab has it. */
  given = false;
  /** The last publications without a hole; the newest is at the subscription's position. */
  #recent: PublicationFrame[] = [];
  /** What is before it could not be recovered. */
  #floor = 0;
  #lost = false;
  #waiting: { readonly request: Subscribe; readonly member: Member; readonly settle: Settle }[] = [];

  constructor(
    readonly channel: string,
    since: Position | undefined,
    private readonly deps: {
      readonly clock: Clock;
      readonly backoff: Backoff;
      readonly report: Reporter;
      readonly link: () => Wire | undefined;
      readonly getToken: ((channel: string) => Promise<string>) | undefined;
      /** It is delivered from here on, not for the first time perhaps. */
      readonly began: (feed: Feed) => void;
      /** It ended, and is of no use any more. */
      readonly ended: (feed: Feed) => void;
    },
  ) {
    const { clock, backoff, report, getToken } = deps;
    this.subscription = new Subscription(channel, {
      options: { ...(since === undefined ? {} : { since }), ...(getToken === undefined ? {} : { getToken }) },
      clock,
      backoff,
      report,
      events: { emit: (event, value) => (this.#happened[event] as (value: unknown) => void)(value) },
    });
  }

  /** A tab wants it from its position; it is answered as a node would. */
  join(member: Member, request: Subscribe, settle: Settle): void {
    this.members.add(member);
    const answer = this.now(request);
    if (answer !== undefined) {
      settle({ id: undefined, ...answer });
    } else if (this.subscription.live) {
      this.#askHistory(request, settle);
    } else {
      this.#waiting.push({ request, member, settle });
    }
  }

  leave(member: Member): void {
    this.members.delete(member);
    this.#waiting = this.#waiting.filter((one) => one.member !== member);
  }

  /** There is no link: who waits asks again on the next one. */
  lost(): void {
    this.#refuse(new CarillonError(ClientCode.connectionLost, 'there is no connection', true));
  }

  #refuse(error: CarillonError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach(({ settle }) => settle(error));
  }

  /** What can be said at once to somebody at a position; undefined if that takes asking the node. */
  now({ epoch, offset = 0 }: Omit<Subscribe, 'channel'>): SubscribedFrame | undefined {
    const here = this.subscription.position;
    if (!this.subscription.live) {
      return undefined;
    }
    if (here === undefined || epoch !== here.epoch || offset < this.#floor) {
      return this.#subscribed(false, []);
    }
    const missing = here.offset - offset;
    if (missing <= this.#recent.length) {
      return this.#subscribed(true, missing <= 0 ? [] : this.#recent.slice(-missing));
    }
    return missing > RECENT ? this.#subscribed(false, []) : undefined;
  }

  /** What is between a position and those that are kept. */
  #askHistory(request: Subscribe, settle: Settle): void {
    const since = { epoch: request.epoch ?? '', offset: request.offset ?? 0 };
    const limit = (this.subscription.position?.offset ?? 0) - since.offset;
    this.deps.link()?.call({ type: 'history', channel: this.channel, since, limit }, TIMEOUT_MS, (answer) => {
      const here = this.subscription.position;
      const older = !(answer instanceof CarillonError) && answer.type === 'history' ? answer : undefined;
      if (answer instanceof CarillonError && answer.temporary) {
        settle(answer);
        return;
      }
      const first = (here?.offset ?? 0) - this.#recent.length;
      const messages = (older?.messages ?? []).filter(({ offset = 0 }) => offset <= first).concat(this.#recent);
      const whole = messages.every(({ offset }, i) => offset === since.offset + 1 + i);
      const reaches = since.offset + messages.length === here?.offset && older?.position?.epoch === here.epoch;
      const recovered = whole && reaches && here.epoch === since.epoch;
      settle({ id: undefined, ...this.#subscribed(recovered, recovered ? messages : []) });
    });
  }

  #subscribed(recovered: boolean, messages: readonly PublicationFrame[]): SubscribedFrame {
    return { type: 'subscribed', channel: this.channel, position: this.subscription.position, recovered, messages };
  }

  #push(frame: ServerFrame): void {
    this.members.forEach((member) => member.push(frame));
  }

  readonly #happened: { readonly [E in keyof ChannelEvents]: (value: never) => void } = {
    message: ({ position, data, meta, userId, timestamp, traceparent }: Message) => {
      const place = { epoch: position?.epoch, offset: position?.offset };
      const publication = { ...place, data, meta, userId, timestamp, traceparent };
      if (position !== undefined) {
        this.#recent.push(publication);
        this.#recent.splice(0, this.#recent.length - RECENT);
      }
      this.#push({ id: undefined, type: 'message', channel: this.channel, publication });
    },
    gap: ({ cause, missed = 0, position }: ChannelEvents['gap']) => {
      this.#recent = [];
      if (cause === 'lost') {
        this.#lost = true;
        this.#floor = position?.offset ?? 0;
      } else {
        this.#push({ id: undefined, type: 'gap', channel: this.channel, missed, position });
      }
    },
    subscribed: () => {
      if (this.#lost) {
        this.#lost = false;
        this.#push({ id: undefined, ...this.#subscribed(false, []) });
      }
      const waiting = this.#waiting;
      this.#waiting = [];
      waiting.forEach(({ member, request, settle }) => this.join(member, request, settle));
      this.deps.began(this);
    },
    unsubscribed: ({ code, reason }: ChannelEvents['unsubscribed']) => {
      this.#waiting.forEach(({ member }) => this.members.delete(member));
      this.#refuse(new CarillonError(code, reason));
      this.deps.ended(this);
      this.#push({ id: undefined, type: 'unsubscribed', channel: this.channel, code, reason });
    },
    error: ({ code, message: error, temporary, retryAfterMs }: CarillonError) =>
      this.#push({ id: undefined, type: 'error', channel: this.channel, code, error, temporary, retryAfterMs }),
    join: (change: ChannelEvents['join']) =>
      this.#push({ id: undefined, type: 'join', channel: this.channel, ...change }),
    leave: (change: ChannelEvents['leave']) =>
      this.#push({ id: undefined, type: 'leave', channel: this.channel, ...change }),
  };
}
