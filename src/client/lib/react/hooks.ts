import { useCallback, useInsertionEffect, useRef, useSyncExternalStore } from 'react';
import type { Release } from '../emitter.js';
import type { Observable } from '../observable.js';

/** The value of the newest render that is on the screen, for handlers that are registered once. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}

/** The value of now, such as `client.quality`; the component renders again when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const subscribe = useCallback((changed: () => void) => observable.subscribe(changed), [observable]);
  return useStore(subscribe, () => observable.value);
}

/** A server renders what the first render of the page will be. */
export function useStore<T>(subscribe: (changed: () => void) => Release, now: () => T): T {
  return useSyncExternalStore(subscribe, now, now);
}
