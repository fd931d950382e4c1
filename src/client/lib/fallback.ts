import { systemClock, type Clock, type Timer } from './clock.js';
import { HttpSocket } from './fallback/http-socket.js';
import type { WebSocketConstructor, WebSocketLike } from './transport.js';

/** The only form that goes over HTTP. */
const SUBPROTOCOL = 'carillon.v1.json';

export interface FallbackOptions {
  /** The one that is tried; the global one, if there is one, unless set. */
  readonly webSocket?: WebSocketConstructor;
  /** The address over HTTP for that of the WebSocket; `…/http` for `…/ws` unless set. */
  readonly url?: (webSocketUrl: string) => string;
  /** Whether cookies go along, for a balancer that keeps a session on its node by one; `same-origin` unless set. */
  readonly credentials?: RequestCredentials;
  /** Time that a WebSocket has to open before HTTP is tried; 4000 unless set. */
  readonly webSocketWithinMs?: number;
  /** Time after which a WebSocket is tried first again, though HTTP has worked; 600000 unless set. */
  readonly tryWebSocketAfterMs?: number;
  /** The global one unless set. */
  readonly fetch?: typeof fetch;
  /** The system's unless set. */
  readonly clock?: Clock;
}

type Way = 'websocket' | 'http';

/** What all sockets of one application have learnt of the network. */
interface Memory {
  worked: Way;
  /** When both were tried last. */
  at: number;
}

/**
 * What `webSocket` of `connect` takes, for networks that let no WebSocket through: each connection tries a WebSocket, then
 * HTTP if that does not open, and the next one begins with what worked.
 */
export function withFallback(options: FallbackOptions = {}): WebSocketConstructor {
  const memory: Memory = { worked: 'websocket', at: 0 };
  return class extends FallbackSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, options, memory);
    }
  };
}

class FallbackSocket implements WebSocketLike {
  binaryType = 'blob';
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  onerror: WebSocketLike['onerror'] = null;
  readonly #clock: Clock;
  readonly #ways: Way[];
  /** Whether HTTP comes first because it worked not long ago. */
  readonly #knowing: boolean;
  #socket: WebSocketLike | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor(
    private readonly url: string,
    private readonly protocols: string[],
    private readonly options: FallbackOptions,
    private readonly memory: Memory,
  ) {
    this.#clock = options.clock ?? systemClock;
    const { tryWebSocketAfterMs = 600_000 } = options;
    this.#knowing = memory.worked === 'http' && this.#clock.now() - memory.at < tryWebSocketAfterMs;
    this.#ways = this.#knowing ? ['http', 'websocket'] : ['websocket', 'http'];
    // Whoever made this has not said yet what it listens to.
    queueMicrotask(() => this.#next(1006, ''));
  }

  get readyState(): number {
    return this.#closed ? 3 : (this.#socket?.readyState ?? 0);
  }

  send(message: never): void {
    this.#socket?.send(message);
  }

  close(code?: number, reason?: string): void {
    if (this.#closed) {
      return;
    }
    this.#timer?.cancel();
    if (this.#socket === undefined) {
      this.#end(code ?? 1000, reason ?? '');
    } else if (this.#socket.readyState === 0) {
      abandon(this.#socket);
      this.#end(code ?? 1000, reason ?? '');
    } else {
      this.#socket.close(code, reason);
    }
  }

  /** Tries the next way; if there is none, it ends as the last one did. */
  #next(code: number, reason: string): void {
    if (this.#closed) {
      return;
    }
    const way = this.#ways.shift();
    if (way === undefined) {
      this.#end(code, reason);
      return;
    }
    const socket = this.#open(way);
    if (socket === undefined) {
      this.#next(code, reason);
      return;
    }
    this.#socket = socket;
    let opened = false;
    socket.binaryType = this.binaryType;
    socket.onopen = () => {
      opened = true;
      this.#timer?.cancel();
      this.memory.at = this.#knowing ? this.memory.at : this.#clock.now();
      this.memory.worked = way;
      this.onopen?.({} as never);
    };
    socket.onmessage = (event: never) => this.onmessage?.(event);
    // A close always follows.
    socket.onerror = () => {};
    socket.onclose = (event: { readonly code: number; readonly reason: string }) => {
      this.#timer?.cancel();
      if (opened) {
        this.#end(event.code, event.reason);
      } else {
        this.#next(event.code, event.reason);
      }
    };
    if (way === 'websocket' && this.#ways.length > 0) {
      this.#timer = this.#clock.schedule(() => {
        abandon(socket);
        this.#next(1006, 'no answer in time');
      }, this.options.webSocketWithinMs ?? 4000);
    }
  }

  #open(way: Way): WebSocketLike | undefined {
    const { webSocket, credentials = 'same-origin', url = overHttp } = this.options;
    if (way === 'http') {
      const fetcher = this.options.fetch ?? globalThis.fetch.bind(globalThis);
      return this.protocols.length === 0 || this.protocols.includes(SUBPROTOCOL)
        ? new HttpSocket(url(this.url), { fetch: fetcher, credentials, clock: this.#clock })
        : undefined;
    }
    const Constructor = webSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    try {
      return Constructor === undefined ? undefined : new Constructor(this.url, this.protocols);
    } catch {
      // A policy of the page's.
      return undefined;
    }
  }

  #end(code: number, reason: string): void {
    if (!this.#closed) {
      this.#closed = true;
      this.onclose?.({ code, reason } as never);
    }
  }
}

/** Ends a socket that has not opened, without the error that a browser would log. */
function abandon(socket: WebSocketLike): void {
  socket.onmessage = socket.onclose = null;
  socket.onopen = () => socket.close();
  if (socket instanceof HttpSocket) {
    socket.close();
  }
}

function overHttp(url: string): string {
  const parsed = new URL(url);
  parsed.protocol = parsed.protocol === 'wss:' ? 'https:' : 'http:';
  parsed.pathname = parsed.pathname.replace(/\/ws\/?$/, '/http');
  parsed.search = '';
  return parsed.href;
}
