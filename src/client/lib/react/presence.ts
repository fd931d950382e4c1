import type { Channel } from '../channel.js';
import type { Member } from '../channel-events.js';
import type { Client } from '../client.js';
import type { Release } from '../emitter.js';
import { asError } from '../errors.js';
import { Observed, type Observable } from '../observable.js';
import { useObservable } from './hooks.js';
import { useClient } from './provider.js';
import { Shared, oncePer } from './shared.js';

export interface PresenceState {
  readonly members: readonly Member[];
  /** Whether there has been a snapshot. */
  readonly ready: boolean;
  /** Why there was none at first; it is asked for again. */
  readonly error: Error | undefined;
}

const UNKNOWN: PresenceState = { members: [], ready: false, error: undefined };

/** One presence view of a channel, however many components look at it. */
class SharedPresence implements Observable<PresenceState> {
  readonly #state = new Observed(UNKNOWN);
  readonly #view: Shared;

  constructor(channel: Pick<Channel, 'presence'>) {
    this.#view = new Shared(() => {
      const presence = channel.presence();
      presence.subscribe((members) => this.#state.set({ members, ready: true, error: undefined }));
      presence.ready.catch((error: unknown) => this.#state.set({ ...UNKNOWN, error: asError(error) }));
      return () => {
        presence.close();
        this.#state.replace(UNKNOWN);
      };
    });
  }

  get value(): PresenceState {
    return this.#state.value;
  }

  subscribe(observer: (state: PresenceState) => void): Release {
    const off = this.#state.subscribe(observer);
    const letGo = this.#view.hold();
    return () => {
      off();
      letGo();
    };
  }
}

const presenceOf = oncePer((channel: Channel) => new SharedPresence(channel));

/** Who is on the channel; it is subscribed while the component is mounted. */
export function usePresence(name: string): PresenceState {
  const client: Client = useClient();
  return useObservable(presenceOf(client.channel(name)));
}
