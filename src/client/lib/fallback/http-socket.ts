import type { Clock, Timer } from '../clock.js';
import type { WebSocketLike } from '../transport.js';
import { EventStream } from './event-stream.js';

/** Characters of one request; a larger message goes alone. */
const BATCH = 64 * 1024;
/** What browsers let a request hold that outlives its page. */
const KEEPALIVE = 60_000;
const POST_WITHIN_MS = 10_000;
const MAX_WAIT_MS = 2000;

export interface HttpSocketParts {
  readonly fetch: typeof fetch;
  readonly credentials: RequestCredentials;
  readonly clock: Clock;
}

/** What the node says of a session that it opens. */
interface Opened {
  readonly session: string;
  readonly resume_within_ms: number;
  readonly url?: string;
}

/**
 * A WebSocket's shape over HTTP: what comes is one response that does not end, resumed where it was cut, and what is sent
 * goes in requests, one at a time, each repeated until the node has it.
 */
export class HttpSocket implements WebSocketLike {
  binaryType = 'arraybuffer';
  readyState = 0;
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  onerror: WebSocketLike['onerror'] = null;
  readonly #abort = new AbortController();
  readonly #queue: string[] = [];
  /** Where the session is; empty before it is open. */
  #address = '';
  #resumeWithinMs = 0;
  #deadline: Timer | undefined;
  #received = 0;
  #taken = 0;
  #batch = BATCH;
  #posting = false;
  /** Attempts that brought nothing, in a row. */
  #vain = 0;

  constructor(
    private readonly url: string,
    private readonly parts: HttpSocketParts,
  ) {
    void this.#run();
  }

  send(message: string | Uint8Array): void {
    this.#queue.push(typeof message === 'string' ? message : `"${base64(message)}"`);
    void this.#post();
  }

  close(code = 1000, reason = ''): void {
    if (this.readyState < 2) {
      if (this.#address !== '') {
        this.#leave(code);
      }
      queueMicrotask(() => this.onclose?.({ code, reason } as never));
      this.#stop();
    }
  }

  async #run(): Promise<void> {
    await this.#stream(this.url, 'POST');
    while (this.#isOpen()) {
      this.#deadline ??= this.parts.clock.schedule(
        () => this.#ended(1006, 'the stream was lost'),
        this.#resumeWithinMs,
      );
      await this.#pause(this.#vain++);
      if (this.#isOpen()) {
        await this.#stream(`${this.#address}?after=${this.#received}`, 'GET');
      }
    }
    this.#ended(1006, 'the session could not be opened');
  }

  /** Reads one response to its end, however it ends. */
  async #stream(url: string, method: string): Promise<void> {
    try {
      const response = await this.#fetch(url, { method, signal: this.#abort.signal });
      if (response.status === 404) {
        this.#ended(1006, 'the session is over');
      }
      if (!response.ok || response.body === null) {
        return;
      }
      const events = new EventStream((name, data) => this.#event(name, data));
      const reader = response.body.getReader();
      const utf8 = new TextDecoder();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        // Also a comment shows that the stream is there.
        this.#deadline?.cancel();
        this.#deadline = undefined;
        events.push(utf8.decode(part.value, { stream: true }));
      }
    } catch {
      // The network, or this socket's own end.
    }
  }

  #event(name: string, data: string): void {
    if (this.readyState > 1) {
      return;
    }
    this.#vain = 0;
    switch (name) {
      case 'open':
        this.#open(JSON.parse(data) as Opened);
        break;
      case 'close': {
        const { code, reason } = JSON.parse(data) as { readonly code: number; readonly reason: string };
        this.#ended(code, reason);
        break;
      }
      case 'binary': {
        const end = data.lastIndexOf('\n');
        this.#received++;
        this.#tell(data.slice(0, end));
        this.#tell(Uint8Array.from(atob(data.slice(end + 1)), (character) => character.charCodeAt(0)).buffer);
        break;
      }
      case 'message':
        this.#received++;
        this.#tell(data);
    }
  }

  #open({ session, resume_within_ms, url }: Opened): void {
    const base = url === undefined ? this.url : `${url}${new URL(this.url).pathname}`;
    this.#address = `${base.split('?')[0] ?? ''}/${session}`;
    this.#resumeWithinMs = resume_within_ms;
    this.readyState = 1;
    this.onopen?.({} as never);
    void this.#post();
  }

  #tell(message: string | ArrayBuffer): void {
    try {
      this.onmessage?.({ data: message } as never);
    } catch (error) {
      // As with a WebSocket: the handler's fault, which ends nothing.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** Sends what waits, in order: one request at a time, the same again until it is answered. */
  async #post(): Promise<void> {
    if (this.#posting) {
      return;
    }
    this.#posting = true;
    let failures = 0;
    while (this.#isOpen() && this.#queue.length > 0) {
      const lines = this.#next();
      const status = await this.#send(lines);
      if (status === 204) {
        failures = 0;
        this.#taken += lines.length;
        this.#queue.splice(0, lines.length);
      } else if (status === 413 && lines.length > 1) {
        this.#batch /= 2;
      } else if (status === 413) {
        this.#ended(1009, 'message too big');
      } else if (status >= 400 && status < 500 && status !== 429) {
        this.#ended(1006, `refused with HTTP ${status}`);
      } else {
        // Nothing is lost: the node passes over what it has. If it is gone, the stream will tell.
        await this.#pause(++failures);
      }
    }
    this.#posting = false;
  }

  #next(): string[] {
    let [count, size] = [0, 0];
    for (const line of this.#queue) {
      size += line.length;
      if (count > 0 && size > this.#batch) {
        break;
      }
      count++;
    }
    return this.#queue.slice(0, count);
  }

  /** The status of the answer; 0 for none. */
  async #send(lines: readonly string[]): Promise<number> {
    const late = new AbortController();
    const timer = this.parts.clock.schedule(() => late.abort(), POST_WITHIN_MS);
    try {
      return (await this.#fetch(this.#up(), { ...posted(lines), signal: late.signal })).status;
    } catch {
      return 0;
    } finally {
      timer.cancel();
    }
  }

  /** With what still waits: the node passes over what it has. */
  #leave(code: number): void {
    const request = posted(this.#queue);
    const keepalive = request.body.length < KEEPALIVE;
    this.#fetch(`${this.#up()}&close=${code}`, { ...request, keepalive }).catch(() => {
      // The session ends without its stream, too.
    });
  }

  #up(): string {
    return `${this.#address}?first=${this.#taken + 1}`;
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const { fetch, credentials } = this.parts;
    return fetch(url, { ...init, credentials, cache: 'no-store' });
  }

  #isOpen(): boolean {
    return this.readyState === 1;
  }

  #pause(attempt: number): Promise<void> {
    const ms = attempt === 0 ? 0 : Math.min(MAX_WAIT_MS, 100 * 2 ** attempt);
    return new Promise((resolve) => this.parts.clock.schedule(resolve, ms));
  }

  #ended(code: number, reason: string): void {
    if (this.readyState < 2) {
      this.#stop();
      this.onclose?.({ code, reason } as never);
    }
  }

  #stop(): void {
    this.readyState = 3;
    this.#deadline?.cancel();
    this.#abort.abort();
  }
}

/** No header that would make a browser ask first. */
const posted = (lines: readonly string[]): { method: string; body: string; headers: Record<string, string> } => ({
  method: 'POST',
  body: lines.join('\n'),
  headers: { 'content-type': 'text/plain;charset=utf-8' },
});

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}
