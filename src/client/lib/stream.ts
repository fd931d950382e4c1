import type { Position, PublicationFrame, SubscribedFrame } from './frames.js';

/** What a publication is to a stream: the one that comes next, one it had, or one before which something is missing. */
export type Place = 'next' | 'again' | 'hole';

/** How a subscription began: without a past, with all that was missed, or without it. */
export type Begin =
  { readonly how: 'new' | 'recovered' } | { readonly how: 'lost'; readonly missed: number | undefined };

/** Where one channel is read: moves by one with each publication, and knows when that is not possible. */
export class Stream {
  #position: Position | undefined;
  #begun: boolean;

  /** @param since where somebody stopped reading before */
  constructor(since?: Position) {
    this.#position = since;
    this.#begun = since !== undefined;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Forgets the past: the next subscription begins anew. */
  reset(): void {
    this.#position = undefined;
    this.#begun = false;
  }

  /** A subscription was answered; if it was recovered, its messages are to be taken one by one. */
  begin({ position, recovered }: SubscribedFrame): Begin {
    const before = this.#position;
    const begun = this.#begun;
    this.#begun = true;
    if (recovered && before !== undefined) {
      return { how: 'recovered' };
    }
    this.#position = position;
    if (!begun) {
      return { how: 'new' };
    }
    const counted = before !== undefined && position !== undefined && before.epoch === position.epoch;
    const missed = counted ? position.offset - before.offset : undefined;
    if (missed === 0) {
      return { how: 'recovered' };
    }
    return { how: 'lost', missed: missed !== undefined && missed > 0 ? missed : undefined };
  }

  take({ epoch, offset }: Pick<PublicationFrame, 'epoch' | 'offset'>): Place {
    const here = this.#position;
    if (offset === undefined) {
      return 'next';
    }
    if (here === undefined) {
      this.#position = { epoch: epoch ?? '', offset };
      return 'next';
    }
    if (epoch !== undefined && epoch !== here.epoch) {
      return 'hole';
    }
    if (offset !== here.offset + 1) {
      return offset <= here.offset ? 'again' : 'hole';
    }
    this.#position = { epoch: here.epoch, offset };
    return 'next';
  }

  /** So many were left out, the last of them at a position. */
  skip(missed: number, to: Position | undefined): Place {
    const here = this.#position;
    if (to === undefined || here === undefined) {
      return 'next';
    }
    if (to.epoch !== here.epoch) {
      return 'hole';
    }
    if (to.offset <= here.offset) {
      return 'again';
    }
    if (to.offset - missed > here.offset) {
      return 'hole';
    }
    this.#position = to;
    return 'next';
  }
}
