import type { Release } from '../emitter.js';
import { randomKey } from '../keys.js';
import type { Hub } from './hub.js';
import { hold, type Locks } from './locks.js';
import { pipeOver, type PortLike } from './pipe.js';
import type { ToHub, ToTab } from './messages.js';
import type { HubPlace } from './tab-connection.js';

type Notice =
  /** Which hub is there? */
  | { readonly type: 'who' }
  | { readonly type: 'hub'; readonly hub: string }
  /** A tab listens on a channel of its own. */
  | { readonly type: 'join'; readonly hub: string; readonly tab: string };

/** What an election takes of the browser. */
export interface Booth {
  readonly locks: Locks;
  readonly channel: (name: string) => PortLike;
}

/**
 * One of the tabs is the hub: the one that has a Web Lock, which passes to the next when it rests or ends. A hub that
 * does not answer, because its tab is frozen, is robbed of the lock, and sees that when it runs again.
 */
export function election(name: string, booth: Booth, hubOf: () => Hub): HubPlace {
  const address = `carillon-tabs:${name}`;
  return {
    open(found) {
      const channel = booth.channel(address);
      let current: string | undefined;
      let own: { readonly id: string; readonly hub: Hub } | undefined;
      let giveUp: Release = () => {};

      const say = (notice: Notice): void => channel.postMessage(notice);
      const pipeOf = (hub: string, tab: string): PortLike => booth.channel(`${address}:${hub}:${tab}`);

      const meet = (hub: string): void => {
        current = hub;
        const tab = randomKey();
        found(pipeOver<ToHub, ToTab>(pipeOf(hub, tab)));
        if (own?.id === hub) {
          own.hub.accept(pipeOver(pipeOf(hub, tab)));
        } else {
          say({ type: 'join', hub, tab });
        }
      };
      const stepDown = (): void => {
        own?.hub.close();
        own = undefined;
      };
      const lead = (steal: boolean): void => {
        giveUp();
        giveUp = hold(booth.locks, address, {
          steal,
          held: () => {
            own = { id: randomKey(), hub: hubOf() };
            say({ type: 'hub', hub: own.id });
            meet(own.id);
          },
          robbed: () => {
            stepDown();
            lead(false);
          },
        });
      };

      channel.onmessage = ({ data }: { readonly data: unknown }) => {
        const notice = data as Notice;
        if (notice.type === 'who' && own !== undefined) {
          say({ type: 'hub', hub: own.id });
        } else if (notice.type === 'hub' && notice.hub !== current) {
          meet(notice.hub);
        } else if (notice.type === 'join' && notice.hub === own?.id) {
          own.hub.accept(pipeOver(pipeOf(notice.hub, notice.tab)));
        }
      };
      const again = (): void => {
        current = undefined;
        say({ type: 'who' });
      };
      again();
      lead(false);
      return {
        again,
        suspect() {
          if (own === undefined) {
            current = undefined;
            lead(true);
          }
        },
        close() {
          stepDown();
          giveUp();
          channel.onmessage = null;
          channel.close();
        },
      };
    },
  };
}
