import { useObservable } from 'carillon-client/react';
import { useCallback, useEffect, useState } from 'react';
import { useClient, usePresence, useUserEvent, type Pair } from '../api';

/** What all tabs share: the connection, who is here, who asked to connect. */
export function useNetwork() {
  const client = useClient();
  const quality = useObservable(client.quality);
  const { members } = usePresence('lobby');
  const [pairs, setPairs] = useState<readonly Pair[]>([]);
  const reload = useCallback(() => {
    const list = client.request('demo.connections.list', null, { retry: true });
    list.then(setPairs, () => undefined);
  }, [client]);
  useEffect(reload, [reload]);
  // On the personal channel: every tab hears it, and what a break missed is recovered.
  useUserEvent('connection_request', reload);
  useUserEvent('connection_accepted', reload);
  const ask = (user: string): Promise<void> =>
    client.request('demo.connections.request', { user }).then(reload);
  const accept = (user: string): Promise<void> =>
    client.request('demo.connections.accept', { user }).then(reload);
  return { quality, members, pairs, ask, accept };
}
