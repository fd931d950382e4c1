import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { CarillonProvider } from 'carillon-client/react';
import { useEffect, useState, type ComponentType } from 'react';
import { ChatPage } from './chat/page';
import { Counts } from './counts';
import { DashboardPage } from './dashboard/page';
import { FeedPage } from './feed/page';
import { Header } from './header';
import { Login } from './login';
import { NetworkPage } from './network/page';
import { clientOf, storeUser, storedUser, type User } from './session';
import { SimulatorPage } from './simulator/page';

export const PAGES: readonly { path: string; title: string; page: ComponentType<{ user: User }> }[] = [
  { path: 'dashboard', title: 'Dashboard', page: DashboardPage },
  { path: 'chat', title: 'Chat', page: ChatPage },
  { path: 'network', title: 'Network', page: NetworkPage },
  { path: 'simulator', title: 'Simulator', page: SimulatorPage },
  { path: 'feed', title: 'Feed', page: FeedPage },
];

const pathOfNow = (): string => location.hash.slice(2);

export function App() {
  const [user, setUser] = useState(storedUser);
  const enter = (next: User | undefined): void => {
    storeUser(next);
    setUser(next);
  };
  return user === undefined ? (
    <Login onEnter={enter} />
  ) : (
    <Demo key={user.id} user={user} onLeave={() => enter(undefined)} />
  );
}

function Demo({ user, onLeave }: { user: User; onLeave: () => void }) {
  const [client] = useState(() => clientOf(user));
  const [queries] = useState(() => new QueryClient());
  const [path, setPath] = useState(pathOfNow);
  useEffect(() => {
    const moved = (): void => setPath(pathOfNow());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  const { page: Page, title } = PAGES.find((page) => page.path === path) ??
    PAGES[1] ?? { page: ChatPage, title: 'Chat' };
  useEffect(() => {
    document.title = `${title} · Carillon`;
  }, [title]);
  return (
    <CarillonProvider client={client}>
      <QueryClientProvider client={queries}>
        <Counts path={path}>
          <Header pages={PAGES} current={title} user={user} onLeave={onLeave} />
          <main>
            <Page user={user} />
          </main>
        </Counts>
      </QueryClientProvider>
    </CarillonProvider>
  );
}
