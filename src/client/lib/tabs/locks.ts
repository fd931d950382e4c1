import type { Release } from '../emitter.js';

/** What this library uses of Web Locks: who ends, in whichever way, holds none any more. */
export type Locks = Pick<LockManager, 'request'>;

export const webLocks = (): Locks | undefined => (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks;

interface Holding {
  /** It has the lock. */
  readonly held: () => void;
  /** Takes it from whoever has it; false unless set. */
  readonly steal?: boolean;
  /** Another has stolen it. */
  readonly robbed?: () => void;
}

/** Waits for a lock and keeps it, until the returned function is called. */
export function hold(locks: Locks, name: string, { held, steal = false, robbed }: Holding): Release {
  const waiting = new AbortController();
  let has = false;
  let over = false;
  let end: Release = () => {};
  const kept = (): Promise<void> | undefined => {
    if (over) {
      return undefined;
    }
    has = true;
    const until = new Promise<void>((resolve) => (end = resolve));
    held();
    return until;
  };
  locks.request(name, steal ? { steal } : { signal: waiting.signal }, kept).catch(() => {
    if (has && !over) {
      over = true;
      robbed?.();
    }
  });
  return () => {
    over = true;
    waiting.abort();
    end();
  };
}

/** Calls `free` once nobody holds a lock any more, unless the returned function is called before. */
export function whenFree(locks: Locks, name: string, free: () => void): Release {
  const release = hold(locks, name, {
    held: () => {
      queueMicrotask(() => release());
      free();
    },
  });
  return release;
}
