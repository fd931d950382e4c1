import type { State } from 'carillon-client';
import { useObservable } from 'carillon-client/react';
import { useCallback, useEffect, useState } from 'react';
import { useClient, usePresence, useUserEvent, type Pair } from '../api';

/** The connection that all tabs share, watched: its states, its quality, who is here, who would like to connect. */
export function useNetwork() {
  const client = useClient();
  const quality = useObservable(client.quality);
  const { members } = usePresence('lobby');
  const [states, setStates] = useState<readonly { state: State; at: number }[]>([
    { state: client.state.value, at: Date.now() },
  ]);
  useEffect(
    () =>
      client.state.subscribe((state) =>
        setStates((log) => [...log, { state, at: Date.now() }].slice(-30)),
      ),
    [client],
  );

  const [pairs, setPairs] = useState<readonly Pair[]>([]);
  const reload = useCallback(() => {
    client
      .request('demo.connections.list', null, { retry: true })
      .then(setPairs, () => undefined);
  }, [client]);
  useEffect(reload, [reload]);
  // On the personal channel: each tab of this user hears it, and what was missed during a break is recovered.
  useUserEvent('connection_request', reload);
  useUserEvent('connection_accepted', reload);
  const ask = (user: string): Promise<void> =>
    client.request('demo.connections.request', { user }).then(reload);
  const accept = (user: string): Promise<void> =>
    client.request('demo.connections.accept', { user }).then(reload);
  return { quality, members, states, pairs, ask, accept };
}
