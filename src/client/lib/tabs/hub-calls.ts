import type { Clock, Timer } from '../clock.js';
import { CarillonError, ClientCode } from '../errors.js';
import type { Settle, Wire } from '../link.js';
import { errorOfFault, type ToHub, type ToTab } from './messages.js';

interface Call {
  readonly settle: Settle;
  readonly timer: Timer;
}

/** The commands that a tab sends to one hub, and their answers. */
export class HubCalls {
  readonly #calls = new Map<number, Call>();
  #lastId = 0;
  #ended = false;

  constructor(
    private readonly clock: Clock,
    private readonly post: (message: ToHub) => void,
  ) {}

  /** A link of this hub's, until the next one. */
  link(): Wire {
    return {
      send: (command) => this.post({ type: 'send', command }),
      call: (command, timeoutMs, settle) => {
        const id = ++this.#lastId;
        const late = new CarillonError(ClientCode.timeout, 'no answer in time', true);
        this.#calls.set(id, { settle, timer: this.clock.schedule(() => this.#settle(id, late), timeoutMs) });
        if (this.#ended) {
          this.#settle(id, lost());
        } else {
          this.post({ type: 'call', id, command, timeoutMs });
        }
      },
    };
  }

  answered({ id, answer }: Extract<ToTab, { readonly type: 'answer' }>): void {
    this.#settle(id, 'fault' in answer ? errorOfFault(answer.fault) : answer);
  }

  /** The hub is no more. */
  end(): void {
    this.#ended = true;
    [...this.#calls.keys()].forEach((id) => this.#settle(id, lost()));
  }

  #settle(id: number, answer: Parameters<Settle>[0]): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.timer.cancel();
    call?.settle(answer);
  }
}

const lost = (): CarillonError =>
  new CarillonError(ClientCode.connectionLost, 'the tab with the connection ended before the answer came', true);
