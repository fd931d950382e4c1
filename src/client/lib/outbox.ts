import { waitMs, type Backoff } from './backoff.js';
import type { Clock, Timer } from './clock.js';
import { CarillonError, ClientCode, asError } from './errors.js';
import type { Position } from './frames.js';
import type { OutboxStore, QueuedMessage } from './outbox-store.js';
import type { Reporter } from './report.js';

/** The answer of a node to a publish: that it was taken, or why not. */
export type Outcome = { readonly position: Position | undefined; readonly duplicate: boolean } | CarillonError;

interface Entry {
  message: QueuedMessage;
  readonly since: number;
  attempts: number;
  settle(outcome: Outcome): void;
}

/** A channel's messages; only the first one is ever on its way, so that none overtakes another that was put off. */
interface Lane {
  readonly entries: Entry[];
  busy: boolean;
  retry: Timer | undefined;
}

/** A code with which a node says that it did not even try. */
const RATE_LIMITED = 103;
const LOAD_WITHIN_MS = 5000;

/**
 * Publishes what it is given, in the order of each channel, until a node has taken or finally refused it. Each message
 * is stored before it is sent and has a key, so that it is published once, whatever ends meanwhile.
 */
export class Outbox {
  readonly #lanes = new Map<string, Lane>();
  #size = 0;
  #order = 0;
  #open = false;
  /** What an earlier page left comes first. */
  readonly #loaded: Promise<void>;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly deps: {
      readonly store: OutboxStore;
      readonly send: (message: QueuedMessage, settle: (outcome: Outcome) => void) => void;
      readonly clock: Clock;
      readonly backoff: Backoff;
      /** Most messages that wait. */
      readonly capacity: number;
      /** How long nodes remember a key. */
      readonly keyLifeMs: number;
      readonly report: Reporter;
      /** The outcome of a message that an earlier page left. */
      readonly adopted: (message: QueuedMessage, outcome: Outcome) => void;
    },
  ) {
    this.#loaded = this.#load();
  }

  get size(): number {
    return this.#size;
  }

  /** Resolves when the store has all that was published before. */
  async stored(): Promise<void> {
    await this.#loaded;
    await this.#writing;
  }

  /** Resolves with what the node answered; rejects with a `CarillonError`. */
  async publish(
    channel: string,
    data: unknown,
    options: { readonly meta?: unknown; readonly key: string; readonly traceparent?: string | undefined },
  ): Promise<Exclude<Outcome, CarillonError>> {
    if (this.#size >= this.deps.capacity) {
      throw new CarillonError(ClientCode.outboxFull, `${this.#size} messages wait already`, true);
    }
    this.#size++;
    await this.#loaded;
    this.#order = Math.max(this.#order + 1, this.deps.clock.now());
    const { key, meta, traceparent } = options;
    const message: QueuedMessage = { order: this.#order, channel, data, meta, key, traceparent, triedAt: undefined };
    return new Promise((resolve, reject) => {
      this.#add(message, (outcome) => (outcome instanceof CarillonError ? reject(outcome) : resolve(outcome)));
    });
  }

  /** Takes over what pages have left that ended since. */
  async adopt(): Promise<void> {
    await this.#loaded;
    await this.#load();
  }

  /** There is a link: what waits is sent. */
  resume(): void {
    this.#open = true;
    for (const lane of this.#lanes.values()) {
      lane.retry?.cancel();
      lane.retry = undefined;
      this.#next(lane);
    }
  }

  pause(): void {
    this.#open = false;
  }

  /** Ends all that was published before, with this outcome; one that is on its way may have been taken nevertheless. */
  async discard(outcome: CarillonError): Promise<void> {
    // As publish does, so that those who called before are in their lanes, and those who call after are not.
    await this.#loaded;
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    for (const lane of lanes) {
      lane.retry?.cancel();
      // Emptied first: what answers come later find nobody.
      lane.entries.splice(0).forEach((entry) => this.#end(entry, outcome));
    }
  }

  /** A store that does not open, as some browsers' sometimes, keeps nobody waiting: what it has is the next page's. */
  async #load(): Promise<void> {
    const { clock, store } = this.deps;
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.schedule(() => reject(new Error('the outbox could not be read in time')), LOAD_WITHIN_MS);
    });
    try {
      const messages = await Promise.race([store.load(), late]);
      messages.forEach((message) => this.#adopt(message));
    } catch (error) {
      this.#storeFailed(error);
    } finally {
      timer?.cancel();
    }
  }

  #adopt(message: QueuedMessage): void {
    this.#order = Math.max(this.#order, message.order);
    this.#size++;
    this.#add(message, (outcome) => this.deps.adopted(message, outcome));
  }

  #add(message: QueuedMessage, settle: (outcome: Outcome) => void): void {
    const lane = this.#lanes.get(message.channel) ?? { entries: [], busy: false, retry: undefined };
    this.#lanes.set(message.channel, lane);
    const entry = { message, since: this.deps.clock.now(), attempts: 0, settle };
    lane.entries.push(entry);
    const begin = this.#open && lane.entries.length === 1;
    if (!begin) {
      // What is sent at once is stored as tried; what waits, as it is.
      void this.#store(message);
    }
    this.#next(lane);
  }

  #next(lane: Lane): void {
    const entry = lane.entries[0];
    if (this.#open && !lane.busy && lane.retry === undefined && entry !== undefined) {
      lane.busy = true;
      void this.#send(lane, entry);
    }
  }

  async #send(lane: Lane, entry: Entry): Promise<void> {
    const { clock, keyLifeMs, send } = this.deps;
    const { triedAt } = entry.message;
    if (triedAt !== undefined && clock.now() - triedAt > keyLifeMs) {
      const unknown = 'its outcome is unknown and its key too old to ask again';
      this.#finish(lane, entry, new CarillonError(ClientCode.outcomeUnknown, unknown));
      return;
    }
    if (triedAt === undefined) {
      // Written down first: a page that dies now must know that this one may have been taken.
      entry.message = { ...entry.message, triedAt: clock.now() };
      await this.#store(entry.message);
      if (lane.entries[0] !== entry) {
        return;
      }
      if (!this.#open) {
        entry.message = { ...entry.message, triedAt: undefined };
        lane.busy = false;
        return;
      }
    }
    entry.attempts++;
    send(entry.message, (outcome) => this.#answered(lane, entry, outcome));
  }

  #answered(lane: Lane, entry: Entry, outcome: Outcome): void {
    if (lane.entries[0] !== entry) {
      return;
    }
    if (!(outcome instanceof CarillonError) || !outcome.temporary) {
      this.#finish(lane, entry, outcome);
      return;
    }
    lane.busy = false;
    if (outcome.code === RATE_LIMITED && entry.attempts === 1) {
      entry.message = { ...entry.message, triedAt: undefined };
    }
    if (outcome.code === ClientCode.connectionLost) {
      this.#next(lane);
      return;
    }
    const { clock, backoff } = this.deps;
    const ms =
      outcome.retryAfterMs > 0
        ? outcome.retryAfterMs
        : waitMs(Math.min(entry.attempts - 1, 20), backoff, clock.random());
    lane.retry = clock.schedule(() => {
      lane.retry = undefined;
      this.#next(lane);
    }, ms);
  }

  #finish(lane: Lane, entry: Entry, outcome: Outcome): void {
    lane.entries.shift();
    lane.busy = false;
    if (lane.entries.length === 0) {
      this.#lanes.delete(entry.message.channel);
    }
    this.#end(entry, outcome);
    this.#next(lane);
  }

  #end(entry: Entry, outcome: Outcome): void {
    this.#size--;
    void this.#forget(entry.message);
    this.#tell(entry, outcome);
    entry.settle(outcome);
  }

  #tell(entry: Entry, outcome: Outcome): void {
    const { clock, report } = this.deps;
    const { channel } = entry.message;
    if (outcome instanceof CarillonError) {
      report({ type: 'publish-failed', channel, code: outcome.code, message: outcome.message });
    } else {
      const { attempts, since } = entry;
      report({ type: 'published', channel, tookMs: clock.now() - since, attempts, duplicate: outcome.duplicate });
    }
  }

  #store(message: QueuedMessage): Promise<void> {
    return this.#write(async () => this.deps.store.put(message));
  }

  #forget(message: QueuedMessage): Promise<void> {
    return this.#write(async () => this.deps.store.remove(message));
  }

  #write(step: () => Promise<void>): Promise<void> {
    const writing = step().catch((error: unknown) => this.#storeFailed(error));
    this.#writing = Promise.all([this.#writing, writing]);
    return writing;
  }

  /** It goes on in memory. */
  #storeFailed(error: unknown): void {
    this.deps.report({ type: 'store-failed', message: asError(error).message });
  }
}
