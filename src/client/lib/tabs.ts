import { CarillonClient } from './carillon-client.js';
import type { AnyApi, Client, ConnectOptions, UntypedApi } from './client.js';
import { election, type Booth } from './tabs/election.js';
import { Hub, type HubParts } from './tabs/hub.js';
import { webLocks } from './tabs/locks.js';
import { pipeOver, type PortLike } from './tabs/pipe.js';
import { TabConnection, type HubPlace } from './tabs/tab-connection.js';

export type { HubParts } from './tabs/hub.js';
export type { Locks } from './tabs/locks.js';
export type { PortLike } from './tabs/pipe.js';

/** What this library uses of `SharedWorker`. */
export interface SharedWorkerLike {
  readonly port: PortLike;
}

/**
 * As for `connect()`. The address, `client`, `backoff`, `maxAttempts` and `openWithinMs` are those of the tab that came
 * first; `webSocket`, `transport` and `codec` are not sent to a worker, which has its own.
 */
export interface TabsOptions extends ConnectOptions {
  /** Names the connection: one for each user of the application, for all tabs have the rights of one. */
  readonly name: string;
  /**
   * Makes the worker that calls `serveTabs()`, under the name given: where there are shared workers, it has the
   * connection. Without one, or where there are none, a tab has it.
   */
  readonly worker?: (name: string) => SharedWorkerLike;
}

/**
 * A client that shares one connection with the other tabs of its name, in the same browser and origin. Without shared
 * workers it takes Web Locks and `BroadcastChannel`; where these are missing too, as over plain HTTP, the tab has a
 * connection of its own.
 *
 * @throws if an option makes no sense
 */
export function connectTabs<A extends AnyApi = UntypedApi>(options: TabsOptions): Client<A> {
  const locks = webLocks();
  const place = placeOf(options, locks);
  const client =
    place === undefined
      ? new CarillonClient(options)
      : new CarillonClient(options, (parts) => new TabConnection({ parts, place, locks }));
  return client as unknown as Client<A>;
}

function placeOf(options: TabsOptions, locks: Booth['locks'] | undefined): HubPlace | undefined {
  const { name, worker } = options;
  const { SharedWorker, BroadcastChannel } = globalThis as Partial<typeof globalThis>;
  if (worker !== undefined && SharedWorker !== undefined) {
    return workerPlace(() => worker(`carillon-tabs:${name}`));
  }
  if (locks === undefined || BroadcastChannel === undefined) {
    return undefined;
  }
  const channel = (address: string): PortLike => new BroadcastChannel(address);
  return election(name, { locks, channel }, () => new Hub({ ...options, locks }));
}

/** The hub is in a worker, which is started if it does not run. */
function workerPlace(start: () => SharedWorkerLike): HubPlace {
  return {
    open(found) {
      const meet = (): void => found(pipeOver(start().port));
      meet();
      return { again: meet, suspect: meet, close: () => {} };
    },
  };
}

/** Makes the shared worker that it is called in the hub of all tabs that connect to it. */
export function serveTabs(parts: HubParts = {}): void {
  const hub = new Hub(parts);
  const worker = globalThis as unknown as { onconnect: (event: MessageEvent) => void };
  worker.onconnect = ({ ports }) => ports.forEach((port) => hub.accept(pipeOver(port)));
}
