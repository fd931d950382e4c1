// A dashboard: one connection at its root, pages that come and go, and cached queries that events make stale.
import { StrictMode, useState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { connect } from 'carillon-client';
import { CarillonProvider, useChannel, useConnection } from 'carillon-client/react';
import { useInvalidation } from 'carillon-client/react/query';

const { home, user, url } = window.given;
const PAGES = ['alerts', 'metrics', 'hosts', 'users'];
window.states = [];
window.waits = [];
window.sockets = 0;
window.asked = 0;
window.counted = 0;

class Counted extends WebSocket {
  constructor(...args) {
    super(...args);
    sockets++;
  }
}

window.client = connect({
  url,
  getToken: async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ user_id: user });
    return (await (await fetch(new URL('/dev/login', home), { method: 'POST', headers, body })).json()).token;
  },
  autoConnect: false,
  backoff: { minMs: 500, maxMs: 2000 },
  webSocket: Counted,
  onReport: (report) => report.type === 'waiting' && waits.push(report.ms),
});
client.state.subscribe((state) => states.push(state));

const navigated = new EventTarget();
const usePath = () =>
  useSyncExternalStore(
    (changed) => (navigated.addEventListener('to', changed), () => navigated.removeEventListener('to', changed)),
    () => location.pathname.slice(new URL(home).pathname.length),
  );
const go = (event) => {
  event.preventDefault();
  history.pushState(null, '', event.target.href);
  navigated.dispatchEvent(new Event('to'));
};

function Page({ name }) {
  const [messages, setMessages] = useState(0);
  const { live } = useChannel(`feed:${name}`, {
    message: () => {
      window.counted++;
      setMessages((before) => before + 1);
    },
  });
  const { data } = useQuery({ queryKey: ['alerts'], queryFn: async () => ++window.asked, staleTime: Infinity });
  return (
    <p id={name} data-live={live}>
      {name}: {messages} messages, alerts read {data} times
    </p>
  );
}

function Dashboard() {
  const { state } = useConnection();
  useInvalidation({ 'alerts.changed': ['alerts'] });
  const path = usePath() || PAGES[0];
  return (
    <>
      <nav>
        {PAGES.map((name) => (
          <a key={name} href={home + name} onClick={go}>
            {name}
          </a>
        ))}
      </nav>
      <output>{state}</output>
      <Page key={path} name={path} />
    </>
  );
}

window.root = createRoot(document.querySelector('#root'));
root.render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <CarillonProvider client={client}>
        <Dashboard />
      </CarillonProvider>
    </QueryClientProvider>
  </StrictMode>,
);
