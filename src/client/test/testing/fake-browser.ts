import type { Locks } from '../../lib/tabs/locks.js';
import type { PortLike } from '../../lib/tabs/pipe.js';

interface Waiting {
  readonly page: Page;
  readonly name: string;
  readonly granted: LockGrantedCallback<unknown>;
  readonly fail: (error: unknown) => void;
  readonly done: (value: unknown) => void;
}

/** Pages of one browser: what they share is here, and each can end or stop running without a word. */
export class FakeBrowser {
  readonly ports: FakePort[] = [];
  #queue: Waiting[] = [];
  readonly #held = new Map<string, Waiting>();

  page(): Page {
    return new Page(this);
  }

  request(waiting: Waiting, steal: boolean): void {
    const holder = this.#held.get(waiting.name);
    if (steal && holder !== undefined) {
      this.#held.delete(waiting.name);
      holder.fail(new DOMException('stolen', 'AbortError'));
    }
    if (this.#held.has(waiting.name)) {
      this.#queue.push(waiting);
    } else {
      this.#grant(waiting);
    }
  }

  withdraw(waiting: Waiting): void {
    this.#queue = this.#queue.filter((one) => one !== waiting);
  }

  #grant(waiting: Waiting): void {
    this.#held.set(waiting.name, waiting);
    void Promise.resolve()
      .then(() => waiting.granted({ name: waiting.name, mode: 'exclusive' }))
      .then((value) => {
        waiting.done(value);
        this.#release(waiting);
      });
  }

  #release(waiting: Waiting): void {
    if (this.#held.get(waiting.name) === waiting) {
      this.#held.delete(waiting.name);
      const next = this.#queue.find(({ name }) => name === waiting.name);
      if (next !== undefined) {
        this.withdraw(next);
        this.#grant(next);
      }
    }
  }

  /** As a crash: nothing of the page runs any more, and its locks are free. */
  gone(page: Page): void {
    page.alive = false;
    this.#queue = this.#queue.filter((one) => one.page !== page);
    [...this.#held.values()].filter((one) => one.page === page).forEach((one) => this.#release(one));
  }
}

export class Page {
  alive = true;
  /** Nothing arrives while it is frozen; it holds what it has. */
  frozen = false;

  constructor(readonly browser: FakeBrowser) {}

  readonly locks: Locks = {
    request: (name: string, options: LockOptions, granted: LockGrantedCallback<unknown>) =>
      new Promise<unknown>((done, fail) => {
        const waiting = { page: this, name, granted, fail, done };
        options.signal?.addEventListener('abort', () => {
          this.browser.withdraw(waiting);
          fail(new DOMException('withdrawn', 'AbortError'));
        });
        this.browser.request(waiting, options.steal === true);
      }),
  } as Locks;

  /** A `BroadcastChannel`. */
  readonly channel = (name: string): PortLike => {
    const port = new FakePort(this, name);
    this.browser.ports.push(port);
    return port;
  };
}

export class FakePort implements PortLike {
  onmessage: ((event: MessageEvent) => void) | null = null;
  #open = true;

  constructor(
    private readonly page: Page,
    private readonly name: string,
  ) {}

  postMessage(message: unknown): void {
    const others = this.page.browser.ports.filter((port) => port !== this && port.name === this.name);
    const copy: unknown = structuredClone(message);
    if (!this.#open) {
      throw new DOMException('Channel is closed', 'InvalidStateError');
    }
    if (this.page.alive) {
      others.forEach((port) => queueMicrotask(() => port.arrived(copy)));
    }
  }

  arrived(data: unknown): void {
    if (this.#open && this.page.alive && !this.page.frozen) {
      this.onmessage?.({ data } as MessageEvent);
    }
  }

  close(): void {
    this.#open = false;
  }
}
