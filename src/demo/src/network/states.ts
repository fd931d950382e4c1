import type { State } from 'carillon-client';
import { useEffect, useState } from 'react';
import { useClient } from '../api';

/** The last states of the connection, and since when. */
export function useStates(): readonly { state: State; at: number }[] {
  const client = useClient();
  const [states, setStates] = useState([{ state: client.state.value, at: Date.now() }]);
  useEffect(
    () => client.state.subscribe((state) => setStates((log) => [...log, { state, at: Date.now() }].slice(-30))),
    [client],
  );
  return states;
}
