import type { Session } from '../client.js';
import type { State } from '../connection.js';
import { CarillonError, ClientCode } from '../errors.js';
import type { Gap } from '../channel-events.js';
import type { Report } from '../report.js';

/** What a named connection tells, in this order where one change has several. */
export interface SocketEvents {
  stateChange: { readonly state: State; readonly previous: State };
  /** A live connection ended; 1000 if this client ended it. Comes once for each `connected`. */
  disconnected: { readonly code: number; readonly reason: string };
  /** The node waited in vain for a token (4002). */
  authenticationTimeout: CarillonError;
  /** An attempt failed, though not because of the token. */
  connectionError: CarillonError;
  connected: Session;
  /** The next attempt comes in so many milliseconds; the first is 1. */
  reconnecting: { readonly attempt: number; readonly delayMs: number };
  /** The node refused the token for good, or there is none. What waited to be sent has been dropped. */
  authenticationError: CarillonError;
  maxReconnectAttemptsReached: { readonly attempts: number };
  /** Nothing more happens by itself: the connection has failed for good, or a node refuses the channel. */
  error: CarillonError;
  /** Messages are missing, and will not come. */
  gap: Gap;
}

/** One event with its name. */
export type SocketEvent = { [E in keyof SocketEvents]: readonly [E, SocketEvents[E]] }[keyof SocketEvents];

/** Whether a final close was about who the user is. */
const aboutToken = (code: number): boolean => code === 4001 || code === 4401;
const TIMEOUT = 4002;

/** Turns what the client reports into the events of a change of its state. */
export class Narrator {
  #failure: CarillonError | undefined;
  #ended: SocketEvents['disconnected'] | undefined;
  #next: SocketEvents['reconnecting'] | undefined;
  #attempts: number | undefined;

  reported(report: Report): void {
    switch (report.type) {
      case 'attempt':
        this.#failure = this.#ended = this.#next = this.#attempts = undefined;
        break;
      case 'closed':
        this.#ended = { code: report.code, reason: report.reason };
        this.#failure = new CarillonError(report.code, report.reason || `closed with ${report.code}`, true);
        break;
      case 'paused':
        this.#ended = { code: 1000, reason: report.reason };
        this.#next = undefined;
        break;
      case 'token':
        if (report.event === 'failed') {
          this.#failure = new CarillonError(ClientCode.timeout, report.message ?? 'no token', true);
        }
        break;
      case 'waiting':
        this.#next = { attempt: report.attempt, delayMs: report.ms };
        break;
      case 'gave-up':
        this.#attempts = report.attempts;
        break;
    }
  }

  /** @param final why the state is `error` */
  changed(
    state: State,
    previous: State,
    session: Session | undefined,
    final: CarillonError | undefined,
  ): SocketEvent[] {
    const events: SocketEvent[] = [['stateChange', { state, previous }]];
    const rejected = final !== undefined && aboutToken(final.code);
    if (previous === 'connected') {
      events.push(['disconnected', this.#ended ?? { code: 1000, reason: '' }]);
    } else if (previous !== 'connecting' && previous !== 'authenticating') {
      // Nothing was under way that could have failed.
    } else if (this.#failure?.code === TIMEOUT) {
      events.push(['authenticationTimeout', this.#failure]);
    } else if (this.#failure !== undefined && !aboutToken(this.#failure.code) && !rejected) {
      events.push(['connectionError', this.#failure]);
    }
    if (state === 'connected' && session !== undefined) {
      events.push(['connected', session]);
    }
    if (state === 'reconnecting' && this.#next !== undefined) {
      events.push(['reconnecting', this.#next]);
    }
    if (rejected) {
      events.push(['authenticationError', final]);
    }
    if (this.#attempts !== undefined) {
      events.push(['maxReconnectAttemptsReached', { attempts: this.#attempts }]);
    }
    if (final !== undefined) {
      events.push(['error', final]);
    }
    return events;
  }
}
