import type { Backoff } from '../backoff.js';
import type { ConnectOptions } from '../client.js';
import { systemClock } from '../clock.js';
import type { Connection } from '../connection.js';
import { CarillonError, ClientCode } from '../errors.js';
import type { AuthSuccessFrame, Command, ServerFrame, Subscribe, SubscribedFrame } from '../frames.js';
import type { Settle, Wire } from '../link.js';
import { nodeConnection } from '../node-connection.js';
import type { Report } from '../report.js';
import { Subscriptions } from '../subscriptions.js';
import { Attached } from './attached.js';
import { Feed } from './feed.js';
import { webLocks, whenFree, type Locks } from './locks.js';
import { faultOf, type HubOptions, type Question, type ToHub, type ToTab } from './messages.js';
import type { Pipe } from './pipe.js';

/** Parts of the shared connection that a tab cannot send to it. */
export interface HubParts extends Pick<ConnectOptions, 'transport' | 'codec' | 'webSocket' | 'clock'> {
  /** Tell which tabs live; `navigator.locks`, if there is one, unless set. */
  readonly locks?: Locks | undefined;
}

/** A tab that has not answered for so long is not the only one that is asked for a token. */
const TOKEN_WITHIN_MS = 2000;
/** A tab that said nothing for so long is frozen, or gone where there are no locks: background tabs may speak once a minute. */
const SILENT_MS = 150_000;
/** Until a page that said goodbye has ended. */
const ENDED_MS = 1000;
const PING_MS = 20_000;

/** The one connection of many tabs. It subscribes what any of them wants, and is to each of them what a node would be. */
export class Hub {
  readonly #clock;
  readonly #locks: Locks | undefined;
  readonly #tabs = new Set<Attached>();
  readonly #feeds = new Map<string, Feed>();
  readonly #subscriptions: Subscriptions;
  #backoff: Backoff = { minMs: 1000, maxMs: 30_000 };
  #connection: Connection | undefined;
  #link: Wire | undefined;
  #auth: AuthSuccessFrame | undefined;
  #round = 0;
  #heardAt = 0;
  #pings: Settle[] = [];

  constructor(private readonly parts: HubParts = {}) {
    this.#clock = parts.clock ?? systemClock;
    this.#locks = 'locks' in parts ? parts.locks : webLocks();
    this.#subscriptions = new Subscriptions(this.#clock, (channel) => this.#give(channel).subscription);
  }

  /** Somebody wants to be a tab of this hub. */
  accept(pipe: Pipe<ToTab, ToHub>): void {
    const tab = new Attached(pipe, this.#clock.now());
    pipe.receive((message) => this.#received(tab, message));
    tab.post({ type: 'hello' });
  }

  /** Ends the connection; the tabs are told, so that they find another hub. */
  close(): void {
    [...this.#tabs].forEach((tab) => this.#dismiss(tab));
  }

  #received(tab: Attached, message: ToHub): void {
    tab.heardAt = this.#clock.now();
    switch (message.type) {
      case 'attach':
        this.#attach(tab, message.options, message.lock);
        break;
      case 'detach':
        this.#detach(tab);
        break;
      case 'ping':
        this.#dismissSilent();
        tab.post({ type: 'pong' });
        break;
      case 'auth':
        if (message.round === this.#round) {
          this.#welcome(tab, message.subscribe);
        }
        break;
      case 'call':
        this.#call(tab, message.command, message.timeoutMs, (answer) => tab.answer(message.id, answer));
        break;
      case 'send':
        if (message.command.type === 'unsubscribe') {
          this.#leave(tab, message.command.channel);
        }
        break;
      case 'connect':
        this.#connection?.connect();
        break;
      case 'doubt':
        this.#connection?.doubt();
        break;
      default:
        tab.told(message);
    }
  }

  #attach(tab: Attached, options: HubOptions, lock: string | undefined): void {
    this.#tabs.add(tab);
    if (lock !== undefined && this.#locks !== undefined) {
      tab.unwatch = whenFree(this.#locks, lock, () => this.#detach(tab));
    }
    const connection = (this.#connection ??= this.#connect(options));
    connection.connect();
    this.#tellState(tab, connection);
    if (this.#link !== undefined) {
      tab.post({ type: 'open', round: this.#round });
    }
  }

  #dismiss(tab: Attached): void {
    tab.post({ type: 'gone' });
    this.#detach(tab);
  }

  #detach(tab: Attached): void {
    tab.close();
    if (!this.#tabs.delete(tab)) {
      return;
    }
    [...this.#feeds.values()].forEach((feed) => this.#leaveFeed(tab, feed));
    if (this.#tabs.size === 0) {
      this.#connection?.pause('closed');
      this.#feeds.forEach(({ subscription }) => subscription.release());
    } else {
      this.#clock.schedule(() => this.#tell({ type: 'orphans' }), ENDED_MS);
    }
  }

  /** Whoever does not run any more would only be written to for ever. */
  #dismissSilent(): void {
    const now = this.#clock.now();
    // After a sleep of the machine nobody has said anything.
    if (now - this.#heardAt < SILENT_MS / 2) {
      [...this.#tabs].filter(({ heardAt }) => now - heardAt > SILENT_MS).forEach((tab) => this.#dismiss(tab));
    } else {
      this.#tabs.forEach((tab) => (tab.heardAt = now));
    }
    this.#heardAt = now;
  }

  #connect(options: HubOptions): Connection {
    this.#backoff = { ...this.#backoff, ...options.backoff };
    const { transport, codec, webSocket } = this.parts;
    const connection = nodeConnection({
      options: {
        ...options,
        ...(transport && { transport }),
        ...(codec && { codec }),
        ...(webSocket && { webSocket }),
        getToken: async (reason) => (await this.#ask({ reason }, this.#tabs)) ?? '',
      },
      clock: this.#clock,
      backoff: this.#backoff,
      report: (report) => this.#report(report),
      first: () => this.#subscriptions.first(),
      events: {
        established: (link, auth) => this.#established(link, auth),
        lost: (byItself) => this.#lost(byItself),
        pushed: (frame) => this.#pushed(frame),
      },
    });
    connection.state.subscribe(() => this.#tabs.forEach((tab) => this.#tellState(tab, connection)));
    return connection;
  }

  #tell(message: ToTab): void {
    this.#tabs.forEach((tab) => tab.post(message));
  }

  #tellState(tab: Attached, { state, error }: Connection): void {
    tab.post({ type: 'state', state: state.value, error: error && faultOf(error) });
  }

  /** One tab is enough; each of them tells of its own state. */
  #report(report: Report): void {
    if (report.type !== 'state') {
      const [first] = this.#tabs;
      first?.post({ type: 'report', report });
    }
  }

  #established(link: Wire, auth: AuthSuccessFrame): void {
    this.#link = link;
    this.#auth = auth;
    this.#round++;
    this.#tabs.forEach((tab) => (tab.welcomed = false));
    this.#subscriptions.established(link, auth);
    this.#tell({ type: 'open', round: this.#round });
  }

  #lost(byItself: boolean): void {
    this.#link = undefined;
    this.#tabs.forEach((tab) => (tab.welcomed = false));
    this.#subscriptions.lost();
    this.#tell({ type: 'lost', byItself });
    this.#feeds.forEach((feed) => feed.lost());
    this.#pings = [];
  }

  #pushed(frame: ServerFrame): void {
    if (frame.type === 'subscribed' && frame.id === undefined) {
      this.#give(frame.channel);
    }
    this.#subscriptions.pushed(frame);
    if (frame.type === 'ping') {
      this.#tabs.forEach((tab) => tab.push(frame));
    }
  }

  /** What a tab wants from here on, and what the server gives to all. */
  #welcome(tab: Attached, requests: readonly Subscribe[]): void {
    const wanted = new Set(requests.map(({ channel }) => channel));
    const subscriptions: SubscribedFrame[] = [];
    for (const request of requests) {
      const feed = this.#feedFor(request);
      feed.members.add(tab);
      const answer = feed.now(request);
      if (answer !== undefined) {
        subscriptions.push(answer);
      }
    }
    for (const feed of [...this.#feeds.values()].filter(({ channel }) => !wanted.has(channel))) {
      const answer = feed.given ? feed.now({}) : undefined;
      if (answer === undefined) {
        this.#leaveFeed(tab, feed);
      } else {
        feed.members.add(tab);
        subscriptions.push(answer);
      }
    }
    tab.welcomed = true;
    if (this.#auth !== undefined) {
      tab.post({ type: 'welcome', round: this.#round, auth: { ...this.#auth, subscriptions, refused: [] } });
    }
  }

  #call(tab: Attached, command: Command, timeoutMs: number, settle: Settle): void {
    const link = this.#link;
    if (link === undefined) {
      settle(new CarillonError(ClientCode.connectionLost, 'there is no connection', true));
    } else if (command.type === 'subscribe') {
      this.#feedFor(command).join(tab, command, settle);
    } else if (command.type === 'ping') {
      this.#ping(link, settle);
    } else {
      link.call(command, timeoutMs, settle);
    }
  }

  /** One for all that ask meanwhile. */
  #ping(link: Wire, settle: Settle): void {
    if (this.#pings.push(settle) === 1) {
      link.call({ type: 'ping' }, PING_MS, (answer) => {
        const pings = this.#pings;
        this.#pings = [];
        pings.forEach((each) => each(answer));
      });
    }
  }

  #leave(tab: Attached, channel: string): void {
    const feed = this.#feeds.get(channel);
    if (feed !== undefined) {
      this.#leaveFeed(tab, feed);
    }
  }

  #leaveFeed(tab: Attached, feed: Feed): void {
    feed.leave(tab);
    if (feed.members.size === 0 && !feed.given) {
      feed.subscription.release();
    }
  }

  /** The feed of a channel, which begins where the first one who asks goes on. */
  #feedFor(request: Subscribe): Feed {
    const feed = this.#feeds.get(request.channel) ?? this.#open(request);
    this.#subscriptions.want(feed.subscription);
    return feed;
  }

  #open({ channel, epoch, offset, token }: Subscribe): Feed {
    const since = epoch === undefined || offset === undefined ? undefined : { epoch, offset };
    let first = token;
    const feed: Feed = new Feed(channel, since, {
      clock: this.#clock,
      backoff: this.#backoff,
      report: (report) => this.#report(report),
      link: () => this.#link,
      getToken:
        token === undefined
          ? undefined
          : async () => {
              const given =
                first ??
                (await this.#ask(
                  { channel },
                  [...this.#tabs].filter((tab) => feed.members.has(tab)),
                )) ??
                '';
              first = undefined;
              return given;
            },
      began: () => this.#began(feed),
      ended: () => this.#feeds.delete(channel),
    });
    this.#feeds.set(channel, feed);
    this.#subscriptions.add(feed.subscription);
    return feed;
  }

  /** The server subscribes it, whoever wants it. */
  #give(channel: string): Feed {
    const feed = this.#feeds.get(channel) ?? this.#open({ channel });
    feed.given = true;
    return feed;
  }

  #began(feed: Feed): void {
    const answer = feed.given ? feed.now({}) : undefined;
    if (answer !== undefined) {
      for (const tab of [...this.#tabs].filter((each) => each.welcomed && !feed.members.has(each))) {
        feed.members.add(tab);
        tab.push({ id: undefined, ...answer });
      }
    }
  }

  /** The tab that spoke last is asked first; then, while there is no answer, the others one by one. */
  #ask(about: Question, tabs: Iterable<Attached>): Promise<string | undefined> {
    const candidates = [...tabs].sort((a, b) => b.heardAt - a.heardAt);
    return new Promise((resolve, reject) => {
      let done = false;
      const askNext = (): void => {
        const tab = candidates.shift();
        if (tab === undefined || done) {
          return;
        }
        const over = this.#clock.schedule(askNext, TOKEN_WITHIN_MS);
        const end = (): void => {
          done = true;
          over.cancel();
        };
        tab.ask(about, {
          answered: (token) => {
            end();
            resolve(token);
          },
          failed: (error) => {
            end();
            reject(error);
          },
        });
      };
      askNext();
    });
  }
}
