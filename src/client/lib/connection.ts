import { waitMs, type Backoff } from './backoff.js';
import type { Clock, Timer } from './clock.js';
import { verdictOf } from './close-codes.js';
import { CarillonError, ClientCode, NoTokenError, asError } from './errors.js';
import type { AuthSuccessFrame, FrameOf, ServerFrame } from './frames.js';
import type { Link, LinkEvents, Wire } from './link.js';
import { Observed, type Observable } from './observable.js';
import type { Reporter } from './report.js';
import type { Tokens } from './tokens.js';
import { moved } from './urls.js';

/** `reconnecting` waits for the next attempt; `disconnected` was asked for, or the page sleeps; `error` is final. */
export type State = 'disconnected' | 'connecting' | 'authenticating' | 'connected' | 'reconnecting' | 'error';

/** What a client needs of a connection, its own or one that it shares. */
export interface ClientConnection extends Pick<Connection, 'connect' | 'pause' | 'resume' | 'doubt'> {
  readonly state: Observable<State>;
  readonly error: CarillonError | undefined;
}

/** Why there is to be no connection now. */
export type Pause = 'closed' | 'offline' | 'hidden' | 'frozen';

export interface ConnectionEvents {
  /** There is a live link; what it recovered is in `auth`. One that was live before ends now. */
  established(link: Wire, auth: AuthSuccessFrame): void;
  /** The live link has ended, by itself or because this client ended it. */
  lost(byItself: boolean): void;
  /** A frame of the live link. */
  pushed(frame: ServerFrame): void;
}

interface Attempt {
  /** Whether a node gave this address for once. */
  readonly asked: boolean;
  readonly startedAt: number;
  phase: 'connecting' | 'authenticating';
  link: Link | undefined;
}

/** Keeps one live link to a node, through all that ends links; when it moves, the new one is live before the old ends. */
export class Connection {
  readonly state = new Observed<State>('disconnected');
  readonly #pauses = new Set<Pause>(['closed']);
  #error: CarillonError | undefined;
  #active: Link | undefined;
  #attempt: Attempt | undefined;
  #timer: Timer | undefined;
  #tries = 0;
  #rejections = 0;
  #spreadMs = 0;
  #turn: number | undefined;

  constructor(
    private readonly deps: {
      /** At least one; the next is taken after each failure, beginning anywhere. Asked for when it connects. */
      readonly urls: () => readonly string[];
      readonly openLink: (url: string, token: string, events: LinkEvents) => Link;
      readonly tokens: Tokens;
      readonly backoff: Backoff;
      readonly maxAttempts: number;
      readonly clock: Clock;
      readonly events: ConnectionEvents;
      readonly report: Reporter;
    },
  ) {}

  /** Why the state is `error`. */
  get error(): CarillonError | undefined {
    return this.#error;
  }

  /** Connects unless it does already; also after an error, from the beginning. */
  connect(): void {
    this.#pauses.delete('closed');
    if (this.#error !== undefined) {
      this.#error = undefined;
      this.#rejections = 0;
    }
    this.#start();
  }

  /** Ends it for a reason; it stays so until all reasons are gone. */
  pause(reason: Pause): void {
    if (!this.#pauses.has(reason)) {
      this.#pauses.add(reason);
      this.deps.report({ type: 'paused', reason });
      this.#stop(reason);
      this.#show();
    }
  }

  /** A reason is gone. If it was the last one, it connects at once. */
  resume(reason: Pause): void {
    if (this.#pauses.delete(reason)) {
      this.deps.report({ type: 'resumed', reason });
      this.#start();
    }
  }

  /** Something happened after which the link may be dead though nobody said so. */
  doubt(): void {
    this.#active?.doubt();
  }

  #start(): void {
    if (this.#pauses.size === 0 && this.#error === undefined && !this.#active && !this.#attempt) {
      this.#tries = 0;
      this.#begin();
    } else {
      this.#show();
    }
  }

  #stop(reason: string): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.deps.tokens.stop();
    const links = [this.#attempt?.link, this.#active];
    const wasLive = this.#active !== undefined;
    this.#attempt = this.#active = undefined;
    if (wasLive) {
      this.deps.events.lost(false);
    }
    links.forEach((link) => link?.close(1000, reason));
  }

  #url(): string {
    const urls = this.deps.urls();
    this.#turn ??= Math.floor(this.deps.clock.random() * urls.length);
    return urls[this.#turn % urls.length] ?? '';
  }

  #begin(asked?: string): void {
    const { clock, tokens, report, openLink } = this.deps;
    this.#timer?.cancel();
    this.#timer = undefined;
    const url = asked ?? this.#url();
    const attempt: Attempt = {
      asked: asked !== undefined,
      startedAt: clock.now(),
      phase: 'connecting',
      link: undefined,
    };
    this.#attempt = attempt;
    this.#show();
    report({ type: 'attempt', url, attempt: this.#tries });
    tokens.next(this.#rejections > 0 ? 'rejected' : 'connect').then(
      (token) => {
        if (this.#attempt === attempt) {
          attempt.link = openLink(url, token, this.#eventsOf(attempt));
        }
      },
      (error: unknown) => {
        if (this.#attempt === attempt) {
          this.#attempt = undefined;
          this.#noToken(asError(error));
        }
      },
    );
  }

  #eventsOf(attempt: Attempt): LinkEvents {
    const isActive = (): boolean => attempt.link !== undefined && this.#active === attempt.link;
    return {
      opened: () => {
        attempt.phase = 'authenticating';
        this.#show();
      },
      welcomed: (auth) => this.#welcomed(attempt, auth),
      pushed: (frame) => {
        if (isActive() && frame.type === 'reconnect') {
          this.#move(frame);
        } else if (isActive()) {
          this.deps.events.pushed(frame);
        }
      },
      ended: (code, reason) => {
        this.deps.report({ type: 'closed', code, reason });
        if (isActive()) {
          this.#active = undefined;
          this.deps.tokens.stop();
          this.deps.events.lost(true);
          this.#ended(code, reason);
        } else if (this.#attempt === attempt) {
          this.#attempt = undefined;
          this.#turn = (this.#turn ?? 0) + (attempt.asked ? 0 : 1);
          this.#ended(attempt.asked ? 1006 : code, reason);
        }
      },
    };
  }

  #welcomed(attempt: Attempt, auth: AuthSuccessFrame): void {
    const link = attempt.link;
    if (this.#attempt !== attempt || link === undefined) {
      return;
    }
    const { clock, tokens, events, report } = this.deps;
    const old = this.#active;
    this.#active = link;
    this.#attempt = undefined;
    this.#tries = this.#rejections = this.#spreadMs = 0;
    tokens.keepFresh(link, auth);
    report({
      type: 'connected',
      node: auth.node,
      sessionId: auth.sessionId,
      moved: old !== undefined,
      tookMs: clock.now() - attempt.startedAt,
    });
    events.established(link, auth);
    old?.retire();
    this.#show();
  }

  #move({ reason, url, withinMs }: FrameOf<'reconnect'>): void {
    if (this.#attempt === undefined) {
      this.deps.report({ type: 'moving', reason, url });
      this.#tries = 0;
      this.#spreadMs = withinMs;
      this.#turn = (this.#turn ?? 0) + (url === undefined ? 1 : 0);
      this.#begin(url === undefined ? undefined : moved(this.#url(), url));
    }
  }

  /** What to do now that a link, live or not, has ended by itself. */
  #ended(code: number, reason: string): void {
    const verdict = verdictOf(code);
    this.#rejections = code === 4001 ? this.#rejections + 1 : 0;
    if (verdict === 'final' || this.#rejections > 1) {
      this.#fail(new CarillonError(code, reason || `closed with ${code}`));
    } else {
      this.#retry(code, reason);
    }
  }

  #noToken(error: Error): void {
    this.deps.report({ type: 'token', event: 'failed', message: error.message });
    if (error instanceof NoTokenError) {
      this.#fail(error);
    } else {
      this.#retry(ClientCode.timeout, error.message);
    }
  }

  #retry(code: number, reason: string): void {
    const { clock, backoff, maxAttempts, report } = this.deps;
    if (this.#attempt !== undefined || this.#timer !== undefined || this.#pauses.size > 0) {
      this.#show();
      return;
    }
    if (this.#tries >= maxAttempts) {
      report({ type: 'gave-up', attempts: this.#tries });
      this.#fail(new CarillonError(code, `gave up after ${this.#tries} attempts: ${reason || code}`));
      return;
    }
    const ms =
      this.#tries === 0 && this.#spreadMs > 0
        ? clock.random() * this.#spreadMs
        : waitMs(this.#tries, backoff, clock.random());
    this.#spreadMs = 0;
    this.#tries++;
    report({ type: 'waiting', ms, attempt: this.#tries });
    this.#timer = clock.schedule(() => this.#begin(), ms);
    this.#show();
  }

  #fail(error: CarillonError): void {
    this.#error = error;
    this.#stop('error');
    this.#show();
  }

  #show(): void {
    const previous = this.state.value;
    const state = this.#stateNow();
    if (state !== previous) {
      this.deps.report({ type: 'state', state, previous });
      this.state.set(state);
    }
  }

  #stateNow(): State {
    if (this.#error !== undefined) {
      return 'error';
    }
    if (this.#pauses.size > 0) {
      return this.#pauses.size === 1 && this.#pauses.has('offline') ? 'reconnecting' : 'disconnected';
    }
    return this.#active !== undefined ? 'connected' : (this.#attempt?.phase ?? 'reconnecting');
  }
}
