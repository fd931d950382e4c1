import type { Clock, Timer } from './clock.js';
import { errorOf, type Wire } from './link.js';
import type { AuthSuccessFrame, ServerFrame, Subscribe } from './frames.js';
import type { Subscription } from './subscription.js';

/** What `auth` may ask for, in bytes at most: a node reads no frame of more than 64 KiB, and the token needs room. */
const FIRST_BYTES = 40_000;
/** The others follow so many at a time, within what a node reads in a second. */
const AT_ONCE = 20;
const PAUSE_MS = 250;

/** Puts the subscriptions of all channels onto each new link, and frames to the channel that they are about. */
export class Subscriptions {
  readonly #byChannel = new Map<string, Subscription>();
  #asked: ReadonlySet<Subscription> = new Set();
  #waiting: Subscription[] = [];
  #room = AT_ONCE;
  #pump: Timer | undefined;
  #link: Wire | undefined;

  /** @param unknown makes the subscription of a channel that the server subscribed */
  constructor(
    private readonly clock: Clock,
    private readonly unknown: (channel: string) => Subscription,
  ) {}

  add(subscription: Subscription): void {
    this.#byChannel.set(subscription.channel, subscription);
  }

  /** Somebody wants a channel now. */
  want(subscription: Subscription): void {
    if (!subscription.wanted) {
      subscription.want();
      if (this.#link !== undefined) {
        this.#waiting.push(subscription);
        this.#askSome();
      }
    }
  }

  /** For the `auth` of a link that is about to be. */
  first(): readonly Subscribe[] {
    const first = new Set<Subscription>();
    const requests: Subscribe[] = [];
    let bytes = 0;
    for (const subscription of this.#byChannel.values()) {
      if (subscription.wanted && subscription.simple) {
        const request = subscription.request();
        bytes += 3 * request.channel.length + 3 * (request.epoch?.length ?? 0) + 60;
        if (bytes > FIRST_BYTES) {
          break;
        }
        first.add(subscription);
        requests.push(request);
      }
    }
    this.#asked = first;
    return requests;
  }

  established(link: Wire, { subscriptions, refused }: AuthSuccessFrame): void {
    this.#link = link;
    const asked = this.#asked;
    const all = [...this.#byChannel.values()];
    all.forEach((subscription) => (asked.has(subscription) ? subscription.asked(link) : subscription.lost()));
    this.#waiting = all.filter((subscription) => subscription.wanted && !asked.has(subscription));
    const answered = new Set<string>();
    for (const frame of subscriptions) {
      answered.add(frame.channel);
      const subscription = this.#of(frame.channel);
      if (asked.has(subscription) && !subscription.wanted) {
        // Released while the answer was on its way.
        link.send({ type: 'unsubscribe', channel: frame.channel });
        subscription.lost();
      } else {
        subscription.asked(link);
        subscription.pushed({ ...frame, id: undefined });
      }
    }
    for (const error of refused) {
      const subscription = this.#byChannel.get(error.channel ?? '');
      if (subscription?.wanted) {
        answered.add(subscription.channel);
        subscription.refused(errorOf(error));
      }
    }
    // What was asked for and is in neither list would wait for ever.
    this.#waiting.push(...[...asked].filter(({ wanted, channel }) => wanted && !answered.has(channel)));
    this.#askSome();
  }

  lost(): void {
    this.#link = undefined;
    this.#byChannel.forEach((subscription) => subscription.lost());
  }

  pushed(frame: ServerFrame): void {
    if (!('channel' in frame) || frame.channel === undefined) {
      return;
    }
    if (frame.type === 'subscribed') {
      const subscription = this.#of(frame.channel);
      if (this.#link !== undefined && !subscription.wanted) {
        subscription.asked(this.#link);
      }
      subscription.pushed(frame);
    } else {
      this.#byChannel.get(frame.channel)?.pushed(frame);
    }
  }

  #of(channel: string): Subscription {
    let subscription = this.#byChannel.get(channel);
    if (subscription === undefined) {
      subscription = this.unknown(channel);
      this.add(subscription);
    }
    return subscription;
  }

  #askSome(): void {
    while (this.#link !== undefined && this.#room > 0) {
      const subscription = this.#waiting.shift();
      if (subscription === undefined) {
        break;
      }
      if (subscription.wanted && !subscription.live) {
        this.#room--;
        void subscription.ask(this.#link);
      }
    }
    if (this.#room < AT_ONCE) {
      this.#pump ??= this.clock.schedule(() => {
        this.#pump = undefined;
        this.#room = AT_ONCE;
        this.#askSome();
      }, PAUSE_MS);
    }
  }
}
