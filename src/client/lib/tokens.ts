import type { Clock, Timer } from './clock.js';
import { CarillonError, ClientCode, asError } from './errors.js';
import type { AuthSuccessFrame } from './frames.js';
import type { Link } from './link.js';
import type { Reporter } from './report.js';

/** Why a token is asked for; after `rejected` one from a cache will not do. */
export type TokenReason = 'connect' | 'expiring' | 'rejected';

/** Throws `NoTokenError` if there will be none; anything else that it throws is tried again. */
export type GetToken = (reason: TokenReason) => string | Promise<string>;

/** The last quarter of a token's life, at most this long, is for getting the next one. */
const SPARE_MS = 60_000;
const AGAIN_MS = 1000;

/** Gets tokens, and gives a live link a new one before that which it has expires. */
export class Tokens {
  #timer: Timer | undefined;

  constructor(
    private readonly deps: {
      readonly getToken: GetToken;
      readonly clock: Clock;
      readonly timeoutMs: number;
      readonly report: Reporter;
    },
  ) {}

  async next(reason: TokenReason): Promise<string> {
    const { clock, getToken, timeoutMs } = this.deps;
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.schedule(() => reject(new CarillonError(ClientCode.timeout, 'no token in time', true)), timeoutMs);
    });
    try {
      return await Promise.race([getToken(reason), late]);
    } finally {
      timer?.cancel();
    }
  }

  /** Takes care of this link from now on, and of no other. */
  keepFresh(link: Link, { timestamp, expiresAt }: AuthSuccessFrame): void {
    // Only the node's clock knows when its tokens expire.
    const ahead = timestamp - this.deps.clock.now();
    this.#expiresIn(link, ahead, expiresAt - timestamp);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #expiresIn(link: Link, ahead: number, lifeMs: number): void {
    this.#later(link, ahead, Math.max(AGAIN_MS, lifeMs - Math.min(SPARE_MS, lifeMs / 4)));
  }

  #later(link: Link, ahead: number, ms: number): void {
    this.#timer?.cancel();
    const timer = this.deps.clock.schedule(() => {
      void this.#refresh(link, ahead, () => this.#timer === timer);
    }, ms);
    this.#timer = timer;
  }

  async #refresh(link: Link, ahead: number, current: () => boolean): Promise<void> {
    const { clock, timeoutMs, report } = this.deps;
    const failed = (error: Error): void => {
      report({ type: 'token', event: 'failed', message: error.message });
      // When none comes in time the node closes with 4003, and the next connection begins with a token.
      this.#later(link, ahead, AGAIN_MS + clock.random() * 4 * AGAIN_MS);
    };
    try {
      const token = await this.next('expiring');
      if (!current()) {
        return;
      }
      link.call({ type: 'refresh', token }, timeoutMs, (answer) => {
        if (!current()) {
          return;
        }
        if (answer instanceof CarillonError) {
          failed(answer);
        } else if (answer.type === 'refreshed') {
          report({ type: 'token', event: 'refreshed' });
          this.#expiresIn(link, ahead, answer.expiresAt - (clock.now() + ahead));
        }
      });
    } catch (error) {
      if (current()) {
        failed(asError(error));
      }
    }
  }
}
