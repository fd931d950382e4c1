import type { Timer } from '../clock.js';
import type { ClientConnection, Pause, State } from '../connection.js';
import type { Release } from '../emitter.js';
import { NoTokenError, asError, type CarillonError } from '../errors.js';
import { randomKey } from '../keys.js';
import type { Wire } from '../link.js';
import { endpointsOf, type ConnectionParts } from '../node-connection.js';
import { Observed } from '../observable.js';
import { HubCalls } from './hub-calls.js';
import { hold, type Locks } from './locks.js';
import { errorOfFault, type Question, type ToHub, type ToTab } from './messages.js';
import type { Pipe } from './pipe.js';

/** Where tabs find their hub. */
export interface HubPlace {
  /** Calls `found` with a pipe to the hub of now, and to each that takes its place; returned is what ends that. */
  open(found: (pipe: Pipe<ToHub, ToTab>) => void): Search;
}

export interface Search {
  /** The hub of now is to be found once more. */
  again(): void;
  /** The hub of now, if there is one, does not answer: there is to be another. */
  suspect(): void;
  close(): void;
}

/** A hub that says nothing for so long is asked whether it lives; hubs answer even in background tabs. */
const PING_MS = 5000;
/** Without an answer for so long there is to be another hub. */
const PATIENCE_MS = 5000;
/** A timer that is late by so much was frozen with its page, and says nothing about the hub. */
const LATE_MS = 1000;
/** Until a hub's page has ended, and let go of what it left. */
const ENDED_MS = 1000;

interface Met {
  readonly pipe: Pipe<ToHub, ToTab>;
  readonly calls: HubCalls;
  state: State;
  letGo: Release;
}

/** The part that a tab has in the connection of its hub; to the client it is as one of its own. */
export class TabConnection implements ClientConnection {
  readonly state = new Observed<State>('disconnected');
  readonly #pauses = new Set<Pause>(['closed']);
  #error: CarillonError | undefined;
  #search: Search | undefined;
  #hub: Met | undefined;
  #hubs = 0;
  #link: Wire | undefined;
  #patience: Timer | undefined;

  constructor(
    private readonly deps: {
      readonly parts: ConnectionParts;
      readonly place: HubPlace;
      readonly locks: Locks | undefined;
    },
  ) {
    // A mistake is told at once; but a server that renders a page has no address, and never connects.
    if (deps.parts.options.autoConnect !== false) {
      endpointsOf(deps.parts.options.url);
    }
  }

  get error(): CarillonError | undefined {
    return this.#error;
  }

  connect(): void {
    this.#pauses.delete('closed');
    if (this.#error !== undefined) {
      this.#error = undefined;
      this.#hub?.pipe.post({ type: 'connect' });
    }
    this.#start();
  }

  pause(reason: Pause): void {
    if (!this.#pauses.has(reason)) {
      this.#pauses.add(reason);
      this.deps.parts.report({ type: 'paused', reason });
      this.#hub?.pipe.post({ type: 'detach' });
      this.#leave(false);
      this.#patience?.cancel();
      this.#search?.close();
      this.#search = undefined;
      this.#show();
    }
  }

  resume(reason: Pause): void {
    if (this.#pauses.delete(reason)) {
      this.deps.parts.report({ type: 'resumed', reason });
      this.#start();
    }
  }

  doubt(): void {
    this.#hub?.pipe.post({ type: 'doubt' });
  }

  #start(): void {
    if (this.#pauses.size === 0 && this.#search === undefined) {
      this.#hubs = 0;
      this.#expect();
      this.#search = this.deps.place.open((pipe) => this.#met(pipe));
    }
    this.#show();
  }

  #met(pipe: Pipe<ToHub, ToTab>): void {
    this.#hub?.pipe.post({ type: 'detach' });
    this.#leave(true);
    const calls = new HubCalls(this.deps.parts.clock, (message) => pipe.post(message));
    const hub: Met = { pipe, calls, state: 'connecting', letGo: () => {} };
    this.#hub = hub;
    this.#expect();
    pipe.receive((message) => {
      this.#heard();
      this.#received(hub, message);
    });
  }

  /** There is no hub for now. */
  #leave(byItself: boolean): void {
    const hub = this.#hub;
    this.#hub = undefined;
    hub?.letGo();
    hub?.pipe.close();
    this.#lost(byItself);
    hub?.calls.end();
    this.#show();
  }

  #lost(byItself: boolean): void {
    if (this.#link !== undefined) {
      this.#link = undefined;
      this.deps.parts.events.lost(byItself);
    }
  }

  #received(hub: Met, message: ToTab): void {
    const { parts } = this.deps;
    switch (message.type) {
      case 'hello':
        this.#attach(hub);
        break;
      case 'gone':
        this.#leave(true);
        this.#expect();
        this.#search?.again();
        break;
      case 'state':
        hub.state = message.state;
        this.#error = message.error && errorOfFault(message.error);
        this.#show();
        break;
      case 'open':
        hub.pipe.post({ type: 'auth', round: message.round, subscribe: parts.first() });
        break;
      case 'welcome':
        this.#link = hub.calls.link();
        parts.events.established(this.#link, message.auth);
        this.#show();
        break;
      case 'lost':
        this.#lost(message.byItself);
        break;
      case 'push':
        if (this.#link !== undefined) {
          parts.events.pushed(message.frame);
        }
        break;
      case 'answer':
        hub.calls.answered(message);
        break;
      case 'ask':
        void this.#tell(hub, message.question, message.about);
        break;
      case 'orphans':
        parts.adopt();
        break;
      case 'report':
        parts.report(message.report);
        break;
      case 'pong':
        break;
    }
  }

  /** With a lock that tells the hub when this tab ends, however it does. */
  #attach(hub: Met): void {
    const { locks, parts } = this.deps;
    const { client, backoff, maxAttempts, openWithinMs, url } = parts.options;
    const options = {
      url: endpointsOf(url),
      ...(client && { client }),
      ...(backoff && { backoff }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(openWithinMs !== undefined && { openWithinMs }),
    };
    const attach = (lock: string | undefined): void => hub.pipe.post({ type: 'attach', options, lock });
    if (locks === undefined) {
      attach(undefined);
    } else {
      const lock = `carillon-tab:${randomKey()}`;
      hub.letGo = hold(locks, lock, { held: () => attach(lock) });
    }
    if (++this.#hubs > 1) {
      // The tab that was the hub may have left publishes.
      parts.clock.schedule(parts.adopt, ENDED_MS);
    }
  }

  async #tell(hub: Met, question: number, about: Question): Promise<void> {
    const { options, channelToken } = this.deps.parts;
    try {
      const token = await ('channel' in about ? channelToken(about.channel) : options.getToken(about.reason));
      hub.pipe.post({ type: 'token', question, token });
    } catch (error) {
      const final = error instanceof NoTokenError;
      hub.pipe.post({ type: 'no-token', question, message: asError(error).message, final });
    }
  }

  #heard(): void {
    const { clock } = this.deps.parts;
    this.#patience?.cancel();
    this.#patience = clock.schedule(() => {
      this.#hub?.pipe.post({ type: 'ping' });
      this.#expect();
    }, PING_MS);
  }

  /** A word from the hub is due. */
  #expect(): void {
    const { clock } = this.deps.parts;
    const due = clock.now() + PATIENCE_MS;
    this.#patience?.cancel();
    this.#patience = clock.schedule(() => {
      if (clock.now() - due > LATE_MS) {
        this.#hub?.pipe.post({ type: 'ping' });
      } else {
        this.#leave(true);
        this.#search?.suspect();
      }
      this.#expect();
    }, PATIENCE_MS);
  }

  #show(): void {
    const previous = this.state.value;
    const state = this.#stateNow();
    if (state !== previous) {
      this.deps.parts.report({ type: 'state', state, previous });
      this.state.set(state);
    }
  }

  #stateNow(): State {
    if (this.#pauses.size > 0) {
      return this.#pauses.size === 1 && this.#pauses.has('offline') ? 'reconnecting' : 'disconnected';
    }
    if (this.#error !== undefined) {
      return 'error';
    }
    if (this.#link !== undefined) {
      return 'connected';
    }
    if (this.#hub === undefined) {
      return this.#hubs > 0 ? 'reconnecting' : 'connecting';
    }
    const { state } = this.#hub;
    return state === 'connected' ? 'authenticating' : state === 'disconnected' ? 'connecting' : state;
  }
}
