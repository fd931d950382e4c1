import type { CarillonError } from '../errors.js';
import { NoTokenError } from '../errors.js';
import type { Release } from '../emitter.js';
import type { ServerFrame } from '../frames.js';
import type { Member } from './feed.js';
import { faultOf, type Question, type ToHub, type ToTab } from './messages.js';
import type { Pipe } from './pipe.js';

interface Asked {
  answered(token: string | undefined): void;
  failed(error: Error): void;
}

/** A tab, as its hub knows it. */
export class Attached implements Member {
  /** Whether it has said what it wants on the link of now. */
  welcomed = false;
  /** Ends the watch over its life. */
  unwatch: Release = () => {};
  #questions = 0;
  readonly #asked = new Map<number, Asked>();

  constructor(
    private readonly pipe: Pipe<ToTab, ToHub>,
    public heardAt: number,
  ) {}

  post(message: ToTab): void {
    this.pipe.post(message);
  }

  push(frame: ServerFrame): void {
    this.post({ type: 'push', frame });
  }

  answer(id: number, answer: ServerFrame | CarillonError): void {
    this.post({ type: 'answer', id, answer: answer instanceof Error ? { fault: faultOf(answer) } : answer });
  }

  /** Asks its application for a token; frozen, it never answers. */
  ask(about: Question, asked: Asked): void {
    const question = ++this.#questions;
    this.#asked.set(question, asked);
    this.post({ type: 'ask', question, about });
  }

  told(message: Extract<ToHub, { readonly type: 'token' | 'no-token' }>): void {
    const asked = this.#asked.get(message.question);
    this.#asked.delete(message.question);
    if (message.type === 'token') {
      asked?.answered(message.token);
    } else {
      asked?.failed(message.final ? new NoTokenError(message.message) : new Error(message.message));
    }
  }

  close(): void {
    this.unwatch();
    this.pipe.close();
  }
}
