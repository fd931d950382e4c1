import type { Clock, Timer } from './clock.js';
import type { Connection } from './connection.js';
import type { Release } from './emitter.js';

/** What the page or process is told about itself. */
export interface Surroundings {
  readonly online: boolean;
  readonly hidden: boolean;
  /**
   * `frozen`: nothing will run for a while, perhaps never again; `thawed` ends it.
   */
  watch(listener: (event: 'online' | 'offline' | 'hidden' | 'visible' | 'frozen' | 'thawed') => void): Release;
}

/** A process that is always there. */
export const noSurroundings: Surroundings = { online: true, hidden: false, watch: () => () => {} };

/** What this library uses of `window`. */
interface Page extends EventTarget {
  readonly document: EventTarget & { readonly visibilityState: string };
  readonly navigator: { readonly onLine: boolean };
}

/** The page's; outside a page there are none. */
export function pageSurroundings(page: Partial<Page> = globalThis): Surroundings {
  const { document, navigator } = page;
  if (document === undefined) {
    return noSurroundings;
  }
  const window = page as Page;
  return {
    get online() {
      return navigator?.onLine !== false;
    },
    get hidden() {
      return document.visibilityState === 'hidden';
    },
    watch(listener) {
      const offs: Release[] = [];
      const on = (target: EventTarget, type: string, tell: (event: Event) => void): void => {
        target.addEventListener(type, tell);
        offs.push(() => target.removeEventListener(type, tell));
      };
      on(window, 'online', () => listener('online'));
      on(window, 'offline', () => listener('offline'));
      on(document, 'visibilitychange', () => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible'));
      // A page with an open socket is not kept for "back".
      on(window, 'pagehide', () => listener('frozen'));
      on(window, 'pageshow', () => listener('thawed'));
      on(document, 'freeze', () => listener('frozen'));
      on(document, 'resume', () => listener('thawed'));
      return () => offs.forEach((off) => off());
    },
  };
}

/**
 * Lets the connection rest when nobody looks or nothing could come, and wakes it at once when that changes. Returns what
 * ends that, and all rest.
 */
export function restWith(
  surroundings: Surroundings,
  connection: Pick<Connection, 'pause' | 'resume' | 'doubt'>,
  deps: {
    readonly clock: Clock;
    /** Time hidden after which it rests; Infinity for never. */
    readonly pauseHiddenAfterMs: number;
    /** Whether it may rest now: false while something waits to be sent. */
    readonly idle: () => boolean;
  },
): Release {
  let hiding: Timer | undefined;
  const hide = (): void => {
    hiding?.cancel();
    if (deps.pauseHiddenAfterMs !== Infinity) {
      hiding = deps.clock.schedule(() => (deps.idle() ? connection.pause('hidden') : hide()), deps.pauseHiddenAfterMs);
    }
  };
  if (!surroundings.online) {
    connection.pause('offline');
  }
  if (surroundings.hidden) {
    hide();
  }
  const off = surroundings.watch((event) => {
    switch (event) {
      case 'online':
        connection.resume('offline');
        connection.doubt();
        break;
      case 'offline':
        connection.pause('offline');
        break;
      case 'hidden':
        hide();
        break;
      case 'visible':
        hiding?.cancel();
        connection.resume('hidden');
        connection.doubt();
        break;
      case 'frozen':
        connection.pause('frozen');
        break;
      case 'thawed':
        connection.resume('frozen');
        break;
    }
  });
  return () => {
    hiding?.cancel();
    off();
    (['offline', 'hidden', 'frozen'] as const).forEach((reason) => connection.resume(reason));
  };
}
