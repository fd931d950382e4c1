import { waitMs, type Backoff } from './backoff.js';
import type { Clock, Timer } from './clock.js';
import { CarillonError, ClientCode } from './errors.js';
import type { Command, FrameOf, ServerFrame } from './frames.js';
import type { Wire } from './link.js';

export interface CallOptions {
  /** Time until it is given up, waiting for a connection included, in milliseconds; 10000 unless set. */
  readonly timeoutMs?: number;
  /** Whether it may be sent again if its outcome is unknown. */
  readonly retry: boolean;
}

interface Pending {
  send(link: Wire): void;
  fail(error: CarillonError): void;
}

/** Commands and their replies, over whichever link is live; one that finds none waits for it. */
export class Calls {
  readonly #pending = new Set<Pending>();
  #link: Wire | undefined;

  constructor(private readonly deps: { readonly clock: Clock; readonly backoff: Backoff }) {}

  established(link: Wire): void {
    this.#link = link;
    for (const pending of [...this.#pending]) {
      pending.send(link);
    }
  }

  lost(): void {
    this.#link = undefined;
  }

  /** Nothing will be live any more, unless somebody connects again. */
  failAll(error: CarillonError): void {
    for (const pending of [...this.#pending]) {
      pending.fail(error);
    }
  }

  /** Rejects with a `CarillonError`. */
  call<T extends ServerFrame['type']>(command: Command, answer: T, options: CallOptions): Promise<FrameOf<T>> {
    const { clock, backoff } = this.deps;
    const timeoutMs = options.timeoutMs ?? 10_000;
    const deadline = clock.now() + timeoutMs;
    return new Promise((resolve, reject) => {
      let attempts = 0;
      let again: Timer | undefined;
      let sent = false;
      const end = (): void => {
        this.#pending.delete(pending);
        timer.cancel();
        again?.cancel();
      };
      const pending: Pending = {
        fail: (error) => {
          end();
          reject(error);
        },
        send: (link) => {
          if (sent) {
            return;
          }
          sent = true;
          attempts++;
          link.call(command, Math.max(1, deadline - clock.now()), (reply) => {
            sent = false;
            if (!(reply instanceof CarillonError)) {
              end();
              if (reply.type === answer) {
                resolve(reply as FrameOf<T>);
              } else {
                reject(new CarillonError(200, `answered with ${reply.type}`));
              }
            } else if (!options.retry || !reply.temporary || reply.code === ClientCode.timeout) {
              pending.fail(reply);
            } else if (reply.code === ClientCode.connectionLost) {
              // A new link may be live already: this one was retired.
              if (this.#link !== undefined && this.#link !== link) {
                pending.send(this.#link);
              }
            } else {
              const ms = Math.max(reply.retryAfterMs, waitMs(attempts - 1, backoff, clock.random()));
              again = clock.schedule(() => this.#link && pending.send(this.#link), ms);
            }
          });
        },
      };
      const timer = clock.schedule(
        () => pending.fail(new CarillonError(ClientCode.timeout, 'no answer in time', true)),
        timeoutMs,
      );
      this.#pending.add(pending);
      if (this.#link !== undefined) {
        pending.send(this.#link);
      }
    });
  }
}
