import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ChannelView } from './channel-view';
import { ChannelsView } from './channels-view';
import { Cluster } from './cluster';
import { ClusterView, NodeView } from './cluster-view';
import { Confirming } from './confirm';
import { relative } from './format';
import { DeskContext, useDesk, useNow, useObservable, useRoute, type Desk } from './hooks';
import { Login } from './login';
import { Mark } from './parts';
import { hashOf, type Route } from './route';
import { begin, storedToken } from './session';
import { UsersView, UserView } from './user-view';

/** A token that ends in less time than this is told of. */
const SOON_MS = 5 * 60_000;

export function App() {
  const [desk, setDesk] = useState<Desk | undefined>(atDesk);
  if (desk === undefined) {
    return (
      <main>
        <Login why="" take={(token) => setDesk(deskOf(token))} />
      </main>
    );
  }
  const leave = (): void => {
    desk.session.end();
    setDesk(undefined);
  };
  return (
    <DeskContext.Provider value={desk}>
      <Confirming who={desk.session.who.userId}>
        <Shell leave={leave} />
      </Confirming>
    </DeskContext.Provider>
  );
}

function deskOf(token: string): Desk {
  const session = begin(token);
  return { session, cluster: new Cluster(session.api, session.client) };
}

function atDesk(): Desk | undefined {
  const token = storedToken();
  try {
    return token === null ? undefined : deskOf(token);
  } catch {
    return undefined;
  }
}

function Shell({ leave }: { readonly leave: () => void }) {
  const { session, cluster } = useDesk();
  const route = useRoute();
  const state = useObservable(session.client.state);
  useEffect(() => {
    cluster.start();
    return () => cluster.stop();
  }, [cluster]);
  const ended = state === 'error' ? (session.client.error?.message ?? 'The connection ended.') : '';
  return (
    <>
      <header class="top">
        <a class="brand" href={hashOf({ view: 'cluster' })}>
          Carillon
        </a>
        <nav aria-label="Views">
          <Tab to={{ view: 'cluster' }} at={route} also={['node']}>
            Cluster
          </Tab>
          <Tab to={{ view: 'channels', name: '' }} at={route} also={['channel']}>
            Channels
          </Tab>
          <Tab to={{ view: 'users' }} at={route} also={['user']}>
            Users
          </Tab>
        </nav>
        <span class="who">
          <span data-testid="state" data-state={state}>
            <Mark tone={state === 'connected' ? 'good' : state === 'error' ? 'bad' : 'busy'}>
              {state === 'connected' ? 'live' : state}
            </Mark>
          </span>
          <Expiry />
          <span class="id name">{session.who.userId}</span>
          <button class="quiet small" onClick={leave} data-testid="logout">
            Log out
          </button>
        </span>
      </header>
      <main>
        {ended !== '' && <Login key={ended} why={ended} take={(token) => session.renew(token)} />}
        <Page route={route} />
      </main>
    </>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'node':
      return <NodeView key={route.name} id={route.name} />;
    case 'channels':
      return <ChannelsView prefix={route.name} />;
    case 'channel':
      return <ChannelView key={route.name} name={route.name} />;
    case 'users':
      return <UsersView />;
    case 'user':
      return <UserView key={route.name} id={route.name} />;
    case 'cluster':
      return <ClusterView />;
  }
}

interface TabProps {
  readonly to: Route;
  readonly at: Route;
  readonly also: readonly Route['view'][];
  readonly children: ComponentChildren;
}

function Tab({ to, at, also, children }: TabProps) {
  const current = at.view === to.view ? 'page' : also.includes(at.view) ? 'true' : undefined;
  return (
    <a href={hashOf(to)} aria-current={current}>
      {children}
    </a>
  );
}

function Expiry() {
  const { expiresAt } = useDesk().session.who;
  const now = useNow();
  return expiresAt - now > SOON_MS ? null : <Mark tone="busy">token ends {relative(expiresAt, now)}</Mark>;
}
