import { createContext, createElement, useContext, useEffect, type ReactElement, type ReactNode } from 'react';
import type { AnyApi, Client } from '../client.js';
import { Shared, oncePer } from './shared.js';

const ClientContext = createContext<Client | undefined>(undefined);

const openness = oncePer((client: Pick<Client, 'connect' | 'close'>) => {
  return new Shared(() => {
    client.connect();
    return () => client.close();
  });
});

export interface CarillonProviderProps<A extends AnyApi> {
  /** Made outside of components, with `autoConnect: false`. */
  readonly client: Client<A>;
  readonly children?: ReactNode;
}

/** Gives a client to the components below it. It is connected while at least one of its providers is mounted. */
export function CarillonProvider<A extends AnyApi>({ client, children }: CarillonProviderProps<A>): ReactElement {
  useEffect(() => openness(client).hold(), [client]);
  return createElement(ClientContext.Provider, { value: client as unknown as Client }, children);
}

/** @throws if there is no `CarillonProvider` above */
export function useClient<A extends AnyApi>(): Client<A> {
  const client = useContext(ClientContext);
  if (client === undefined) {
    throw new Error('there is no <CarillonProvider client={…}> above this component');
  }
  return client as unknown as Client<A>;
}
