import type { Clock, Timer } from './clock.js';
import type { Codec, Decoder } from './codec.js';
import { CarillonError, ClientCode, asError } from './errors.js';
import type { AuthSuccessFrame, Command, ServerFrame } from './frames.js';
import { Liveness } from './liveness.js';
import type { Reporter } from './report.js';
import type { Socket, Transport } from './transport.js';

export interface LinkEvents {
  /** The socket is open; `auth` has been sent. */
  opened(): void;
  welcomed(auth: AuthSuccessFrame): void;
  /** A frame that answers nothing that was called. */
  pushed(frame: ServerFrame): void;
  /** The other side, the network or silence ended it; not after `close`. */
  ended(code: number, reason: string): void;
}

/** The answer to a command: its reply, or why there is none. Called while the frame is being handled, so in order. */
export type Settle = (answer: ServerFrame | CarillonError) => void;

interface Call {
  readonly settle: Settle;
  readonly timer: Timer;
}

/** How long a retired link waits for what is under way. */
const RETIRE_MS = 10_000;

/** One connection to one node, from its handshake to its end. Commands may be sent from `welcomed` on. */
export class Link {
  readonly #calls = new Map<number, Call>();
  readonly #decoder: Decoder;
  readonly #socket: Socket;
  #lastId = 0;
  #ended = false;
  #retired = false;
  #deadline: Timer;
  #liveness: Liveness | undefined;
  #refusal = '';

  constructor(
    private readonly deps: {
      readonly transport: Transport;
      readonly codec: Codec;
      readonly clock: Clock;
      readonly url: string;
      /** Made when the socket is open, so that its positions are those of then. */
      readonly auth: () => Command;
      /** Time until the node's welcome. */
      readonly openWithinMs: number;
      readonly events: LinkEvents;
      readonly report: Reporter;
    },
  ) {
    const { transport, codec, clock, url, openWithinMs } = deps;
    this.#decoder = codec.decoder();
    this.#deadline = clock.schedule(() => this.#end(1006, 'no answer in time'), openWithinMs);
    this.#socket = transport.open(url, codec.subprotocol, {
      opened: () => {
        deps.events.opened();
        this.#write(deps.auth(), this.#nextId());
      },
      received: (message) => this.#received(message),
      closed: (code, reason) => this.#end(code, this.#refusal || reason, true),
    });
  }

  /** Sends a command that wants no reply. */
  send(command: Command): void {
    this.#write(command);
  }

  /** Sends a command; it is settled exactly once. */
  call(command: Command, timeoutMs: number, settle: Settle): void {
    if (this.#ended) {
      settle(lost());
      return;
    }
    const id = this.#nextId();
    const timer = this.deps.clock.schedule(
      () => this.#settle(id, new CarillonError(ClientCode.timeout, 'no answer in time', true)),
      timeoutMs,
    );
    this.#calls.set(id, { settle, timer });
    this.#write(command, id);
  }

  /** Asks for a sign of life; without one it ends. */
  doubt(): void {
    this.#liveness?.doubt();
  }

  /** Its work is another's now: it ends when what is under way is answered, and tells nobody. */
  retire(): void {
    this.#retired = true;
    this.#deadline = this.deps.clock.schedule(() => this.close(1000, 'moved'), RETIRE_MS);
    this.#closeIfDone();
  }

  close(code: number, reason: string): void {
    this.#retired = true;
    this.#end(code, reason);
  }

  #nextId(): number {
    return ++this.#lastId;
  }

  #write(command: Command, id?: number): void {
    for (const message of this.deps.codec.encode(id === undefined ? command : { ...command, id })) {
      this.#socket.send(message);
    }
  }

  #received(message: string | ArrayBuffer): void {
    this.#liveness?.heard();
    let frame: ServerFrame | undefined;
    try {
      frame = this.#decoder.decode(message);
    } catch (error) {
      this.deps.report({ type: 'unreadable', message: asError(error).message });
    }
    if (frame !== undefined) {
      this.#handle(frame);
    }
  }

  #handle(frame: ServerFrame): void {
    if (frame.type === 'ping') {
      this.send({ type: 'pong' });
    }
    if (frame.type === 'auth_success') {
      this.#deadline.cancel();
      this.#liveness = new Liveness({
        clock: this.deps.clock,
        silenceMs: frame.pingIntervalMs + frame.pongTimeoutMs,
        answerMs: frame.pongTimeoutMs,
        ask: () => this.send({ type: 'ping' }),
        dead: () => this.#end(1006, 'silent for too long'),
      });
      this.deps.events.welcomed(frame);
    } else if (frame.type === 'auth_error') {
      this.#refusal = frame.error;
    } else if (frame.id !== undefined && this.#calls.has(frame.id)) {
      this.#settle(frame.id, frame.type === 'error' ? errorOf(frame) : frame);
    } else if (!this.#retired) {
      this.deps.events.pushed(frame);
    }
  }

  #settle(id: number, answer: ServerFrame | CarillonError): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.timer.cancel();
    call?.settle(answer);
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#retired && this.#calls.size === 0) {
      this.close(1000, 'moved');
    }
  }

  #end(code: number, reason: string, closed = false): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#deadline.cancel();
    this.#liveness?.stop();
    if (!closed) {
      this.#socket.close(code, reason);
    }
    if (!this.#retired) {
      this.deps.events.ended(code, reason);
    }
    // After the event: whoever calls again must not find this link in use.
    for (const id of [...this.#calls.keys()]) {
      this.#settle(id, lost());
    }
  }
}

/** What commands need of a connection. */
export type Wire = Pick<Link, 'call' | 'send'>;

export const errorOf = (frame: {
  readonly code: number;
  readonly error: string;
  readonly temporary: boolean;
  readonly retryAfterMs: number;
}): CarillonError =>
  // The range says it, for codes that are not known yet.
  new CarillonError(
    frame.code,
    frame.error,
    frame.temporary || (frame.code >= 100 && frame.code < 200),
    frame.retryAfterMs,
  );

const lost = (): CarillonError =>
  new CarillonError(ClientCode.connectionLost, 'the connection ended before the answer came', true);
