import { useCallback } from 'react';
import type { Client, Session } from '../client.js';
import type { State } from '../connection.js';
import type { CarillonError } from '../errors.js';
import { useObservable, useStore } from './hooks.js';
import { useClient } from './provider.js';

export interface ConnectionView {
  readonly state: State;
  readonly isConnected: boolean;
  /** Of the live connection, or the last one. */
  readonly session: Session | undefined;
  /** Why the state is `error`. */
  readonly error: CarillonError | undefined;
  connect(): void;
  close(): void;
}

/** The connection of now; the component renders again when it changes. */
export function useConnection(): ConnectionView {
  const client: Client = useClient();
  const state = useObservable(client.state);
  const session = useStore(
    useCallback((changed) => client.on('session', changed), [client]),
    () => client.session,
  );
  const connect = useCallback(() => client.connect(), [client]);
  const close = useCallback(() => client.close(), [client]);
  return { state, isConnected: state === 'connected', session, error: client.error, connect, close };
}
