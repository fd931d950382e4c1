import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { useClient } from './api';

interface Counted {
  readonly sessions: number;
  readonly visits: number;
}

const CountsContext = createContext<Counted>({ sessions: 0, visits: 0 });

/** How many sessions this tab has had, and how many pages it has shown. */
export function Counts({ path, children }: { path: string; children: ReactNode }) {
  const client = useClient();
  const [sessions, setSessions] = useState<ReadonlySet<string>>(new Set());
  const [visits, setVisits] = useState(1);
  const before = useRef(path);
  useEffect(
    () => client.on('session', ({ sessionId }) => setSessions((had) => new Set([...had, sessionId]))),
    [client],
  );
  useEffect(() => {
    if (before.current !== path) setVisits((had) => had + 1);
    before.current = path;
  }, [path]);
  return <CountsContext value={{ sessions: sessions.size, visits }}>{children}</CountsContext>;
}

export const useCounts = (): Counted => useContext(CountsContext);
