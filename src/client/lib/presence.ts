import type { Member, PresenceChange } from './channel-events.js';
import type { Clock, Timer } from './clock.js';
import type { Release } from './emitter.js';
import type { PresenceFrame } from './frames.js';
import { Observed, type Observable } from './observable.js';

/** Who is on a channel, kept up to date. An array is never changed, a new one takes its place. */
export interface Presence extends Observable<readonly Member[]> {
  /** Resolves with the first snapshot; rejects if there can be none. */
  readonly ready: Promise<readonly Member[]>;
  /** Ends it; without other users the channel is left. */
  close(): void;
}

/** What presence needs of its channel. */
export interface PresenceSource {
  snapshot(): Promise<PresenceFrame>;
  /** Calls `began` at once if the channel is live, and whenever it is again. */
  watch(events: {
    readonly began: () => void;
    readonly joined: (change: PresenceChange) => void;
    readonly left: (change: PresenceChange) => void;
  }): Release;
}

const AGAIN_MS = 1000;
/** More changes than this are not kept for a snapshot that is on its way; it is asked for again. */
const MOST_EARLY = 1000;

type Change = PresenceChange & { readonly joined: boolean };

/** A snapshot with a version, then changes with the next one each. When one is missing it asks for a snapshot again. */
export class PresenceView implements Presence {
  readonly ready: Promise<readonly Member[]>;
  readonly #observed = new Observed<readonly Member[]>([]);
  readonly #release: Release;
  #members = new Map<string, Member>();
  #version: number | undefined;
  #early: Change[] = [];
  #round = 0;
  #asking = false;
  #timer: Timer | undefined;
  #closed = false;
  #settle!: { resolve(members: readonly Member[]): void; reject(error: unknown): void };

  constructor(
    private readonly source: PresenceSource,
    private readonly clock: Clock,
  ) {
    this.ready = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Who does not wait for it hears nothing of its failure.
    this.ready.catch(() => {});
    this.#release = source.watch({
      began: () => this.#ask(),
      joined: (change) => this.#changed({ ...change, joined: true }),
      left: (change) => this.#changed({ ...change, joined: false }),
    });
  }

  get value(): readonly Member[] {
    return this.#observed.value;
  }

  subscribe(observer: (members: readonly Member[]) => void): Release {
    return this.#observed.subscribe(observer);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#release();
  }

  #ask(): void {
    this.#timer?.cancel();
    this.#version = undefined;
    this.#early = [];
    this.#asking = true;
    const round = ++this.#round;
    this.source.snapshot().then(
      (snapshot) => this.#current(round) && this.#took(snapshot),
      (error: unknown) => {
        if (this.#current(round)) {
          this.#asking = false;
          this.#settle.reject(error);
          this.#askLater();
        }
      },
    );
  }

  #current(round: number): boolean {
    return round === this.#round && !this.#closed;
  }

  #askLater(): void {
    this.#timer?.cancel();
    this.#timer = this.clock.schedule(() => this.#ask(), AGAIN_MS * (1 + this.clock.random()));
  }

  #took({ version, members }: PresenceFrame): void {
    this.#asking = false;
    this.#version = version;
    this.#members = new Map(members.map((member) => [member.sessionId, member]));
    const early = this.#early;
    this.#early = [];
    early.filter((change) => change.version > version).forEach((change) => this.#changed(change));
    this.#publish();
    this.#settle.resolve(this.value);
  }

  #changed(change: Change): void {
    if (this.#version === undefined) {
      if (this.#asking && this.#early.push(change) > MOST_EARLY) {
        this.#ask();
      }
    } else if (change.version === this.#version + 1) {
      this.#version = change.version;
      if (change.joined) {
        this.#members.set(change.member.sessionId, change.member);
      } else {
        this.#members.delete(change.member.sessionId);
      }
      this.#publish();
    } else if (change.version !== this.#version) {
      // One is missing, or the count began anew. Those that follow at once are in the same snapshot.
      this.#version = undefined;
      this.#askLater();
    }
  }

  #publish(): void {
    this.#observed.set([...this.#members.values()]);
  }
}
