import { waitMs, type Backoff } from './backoff.js';
import { CatchUp } from './catch-up.js';
import { messageOf, type ChannelEvents, type Gap } from './channel-events.js';
import type { Clock, Timer } from './clock.js';
import type { Emitter } from './emitter.js';
import { CarillonError, asError } from './errors.js';
import type { Position, PublicationFrame, ServerFrame, Subscribe, SubscribedFrame } from './frames.js';
import type { Wire } from './link.js';
import type { Reporter } from './report.js';
import { Stream } from './stream.js';

/** Reads what the channel is about anew, from the application's own source; messages wait until it is done. */
export type GetState = (gap: Gap) => Promise<unknown>;

/** Gives the token of a channel whose namespace asks for one. */
export type GetChannelToken = (channel: string) => string | Promise<string>;

export interface SubscriptionOptions {
  /** Where reading stopped before, kept by the application; without it the channel begins with what comes next. */
  readonly since?: Position;
  /** None unless set. */
  readonly getState?: GetState;
  /** None unless set. */
  readonly getToken?: GetChannelToken;
}

const TIMEOUT_MS = 20_000;
const ALREADY_SUBSCRIBED = 205;

/** One channel as a node serves it: subscribed again on every link, without a hole, a double or silence about either. */
export class Subscription {
  readonly #stream: Stream;
  readonly #catchUp: CatchUp<Gap>;
  #link: Wire | undefined;
  #phase: 'idle' | 'asking' | 'live' = 'idle';
  #wanted = false;
  #attempts = 0;
  #retry: Timer | undefined;

  constructor(
    readonly channel: string,
    private readonly deps: {
      readonly options: SubscriptionOptions;
      readonly clock: Clock;
      readonly backoff: Backoff;
      readonly events: Pick<Emitter<ChannelEvents>, 'emit'>;
      readonly report: Reporter;
    },
  ) {
    this.#stream = new Stream(deps.options.since);
    this.#catchUp = new CatchUp(deps.options.getState, (error) =>
      deps.events.emit('error', new CarillonError(0, `getState failed: ${asError(error).message}`, true)),
    );
  }

  get position(): Position | undefined {
    return this.#stream.position;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get live(): boolean {
    return this.#phase === 'live';
  }

  /** Whether it can be asked for with `auth`; one with a token of its own cannot. */
  get simple(): boolean {
    return this.deps.options.getToken === undefined;
  }

  /** What the application gives for the channel, if anything. */
  token(): string | Promise<string> | undefined {
    return this.deps.options.getToken?.(this.channel);
  }

  /** From now on it is to be subscribed, on the link that `ask` names. */
  want(): void {
    this.#wanted = true;
  }

  /** Not any more; what it knows of its past is forgotten. */
  release(reason = 'asked for'): void {
    if (this.#phase !== 'idle' && this.#link !== undefined) {
      this.#link.send({ type: 'unsubscribe', channel: this.channel });
    }
    this.#end(2000, reason);
  }

  /** What asks for it, from its position. */
  request(token?: string): Subscribe {
    return {
      channel: this.channel,
      ...this.#stream.position,
      ...(token === undefined ? {} : { token }),
    };
  }

  /** It was asked for with `auth`: the answer is about to come. */
  asked(link: Wire): void {
    this.lost();
    this.#link = link;
    this.#phase = 'asking';
  }

  /** Subscribes on a link. */
  async ask(link: Wire): Promise<void> {
    this.asked(link);
    let token: string | undefined;
    try {
      token = await this.token();
    } catch (error) {
      if (this.#isAsking(link)) {
        this.refused(new CarillonError(0, `the channel's getToken failed: ${asError(error).message}`, true));
      }
      return;
    }
    if (!this.#isAsking(link)) {
      return;
    }
    link.call({ type: 'subscribe', ...this.request(token) }, TIMEOUT_MS, (answer) => {
      if (!this.#isAsking(link)) {
        return;
      }
      if (answer instanceof CarillonError) {
        this.refused(answer);
      } else if (answer.type === 'subscribed') {
        this.subscribed(answer);
      }
    });
  }

  /** There is no link; the position is kept for the next one. */
  lost(): void {
    this.#retry?.cancel();
    this.#link = undefined;
    this.#phase = 'idle';
  }

  subscribed(frame: SubscribedFrame): void {
    this.#phase = 'live';
    this.#attempts = 0;
    const begin = this.#stream.begin(frame);
    const recovered = begin.how === 'recovered';
    this.deps.report({ type: 'subscribed', channel: this.channel, recovered, messages: frame.messages.length });
    if (begin.how === 'lost') {
      this.#gap({ channel: this.channel, cause: 'lost', missed: begin.missed, position: frame.position });
    }
    for (const message of frame.messages) {
      this.#publication(message, frame.position?.epoch, true);
    }
    this.deps.events.emit('subscribed', { position: this.position, recovered });
  }

  /** The node, for now or for good, does not let the client in. */
  refused(error: CarillonError): void {
    if (error.code === ALREADY_SUBSCRIBED) {
      // The server was faster: what it says of the channel is on its way.
      return;
    }
    const { clock, backoff, events } = this.deps;
    const link = this.#link;
    this.#phase = 'idle';
    if (!error.temporary) {
      this.#end(error.code, error.message);
      events.emit('error', error);
    } else if (link !== undefined) {
      const ms = Math.max(error.retryAfterMs, waitMs(this.#attempts++, backoff, clock.random()));
      this.#retry = clock.schedule(() => void this.ask(link), ms);
    }
  }

  /** A frame about this channel on its link. */
  pushed(frame: ServerFrame): void {
    if (frame.type === 'subscribed') {
      // The server's doing, perhaps of a channel that nobody here asked for.
      this.#wanted = true;
      this.subscribed(frame);
    } else if (frame.type === 'unsubscribed') {
      this.#phase = 'idle';
      this.#end(frame.code, frame.reason);
    } else if (frame.type === 'error') {
      this.deps.events.emit('error', new CarillonError(frame.code, frame.error, frame.temporary, frame.retryAfterMs));
    } else if (this.#phase !== 'live') {
      // What still arrives of an earlier subscription is covered by the position of the next.
    } else if (frame.type === 'message') {
      this.#publication(frame.publication, this.position?.epoch, false);
    } else if (frame.type === 'gap') {
      const place = this.#stream.skip(frame.missed, frame.position);
      if (place === 'next') {
        this.#gap({ channel: this.channel, cause: 'slow', missed: frame.missed, position: frame.position });
      } else if (place === 'hole') {
        this.#again();
      }
    } else if (frame.type === 'join' || frame.type === 'leave') {
      this.deps.events.emit(frame.type, { version: frame.version, member: frame.member });
    }
  }

  #publication(publication: PublicationFrame, epoch: string | undefined, recovered: boolean): void {
    if (this.#phase !== 'live') {
      return;
    }
    const place = this.#stream.take(publication);
    if (place === 'next') {
      const message = messageOf(this.channel, publication, epoch, recovered);
      this.#catchUp.pass(() => this.deps.events.emit('message', message));
    } else if (place === 'hole') {
      this.#again();
    }
  }

  #gap(gap: Gap): void {
    this.deps.report({ type: 'gap', channel: gap.channel, missed: gap.missed, cause: gap.cause });
    this.#catchUp.start(gap);
    this.deps.events.emit('gap', gap);
  }

  /** Something is missing: the node is asked for it, from the position. */
  #again(): void {
    this.deps.report({ type: 'hole', channel: this.channel, position: this.position });
    const link = this.#link;
    if (link !== undefined) {
      link.send({ type: 'unsubscribe', channel: this.channel });
      void this.ask(link);
    }
  }

  #end(code: number, reason: string): void {
    const wanted = this.#wanted;
    this.lost();
    this.#wanted = false;
    this.#stream.reset();
    if (wanted) {
      this.deps.events.emit('unsubscribed', { code, reason });
    }
  }

  #isAsking(link: Wire): boolean {
    return this.#phase === 'asking' && this.#link === link;
  }
}
