import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import type { Observable } from 'carillon-client';
import type { Cluster, View } from './cluster';
import { routeOf, type Route } from './route';
import type { Session } from './session';

export interface Desk {
  readonly session: Session;
  readonly cluster: Cluster;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('nobody is logged in');
  return desk;
}

export function useObservable<T>(observable: Observable<T>): T {
  const [value, setValue] = useState(observable.value);
  useEffect(() => {
    setValue(observable.value);
    return observable.subscribe(setValue);
  }, [observable]);
  return value;
}

export function useCluster(): { readonly cluster: Cluster; readonly view: View } {
  const { cluster } = useDesk();
  const [view, setView] = useState(cluster.view);
  useEffect(() => cluster.subscribe(() => setView(cluster.view)), [cluster]);
  return { cluster, view };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const moved = (): void => setRoute(routeOf(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}

export interface Polled<T> {
  /** The newest answer; an older one stays while there is no newer. */
  readonly value: T | undefined;
  /** Why the last question failed; empty if it did not. */
  readonly error: string;
  readonly again: () => void;
}

/** Asks now, whenever `about` changes, and every so many milliseconds while the page is seen; 0 for once. */
export function usePoll<T>(ask: () => Promise<T>, everyMs: number, about: string): Polled<T> {
  const [answer, setAnswer] = useState<{ about: string; value: T | undefined; error: string }>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    const look = (): void => {
      ask().then(
        (value) => current && setAnswer({ about, value, error: '' }),
        (failure: unknown) =>
          current &&
          setAnswer((old) => ({
            about,
            value: old?.about === about ? old.value : undefined,
            error: (failure as Error).message,
          })),
      );
    };
    look();
    const timer = everyMs > 0 ? setInterval(() => document.hidden || look(), everyMs) : undefined;
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [about, everyMs, round]);
  const again = useCallback(() => setRound((count) => count + 1), []);
  const fitting = answer?.about === about ? answer : undefined;
  return { value: fitting?.value, error: fitting?.error ?? '', again };
}

/** The time, every second: for ages. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
