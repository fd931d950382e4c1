// A training simulator: four named connections, each used by three components.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { msgpackCodec } from 'carillon-client/msgpack';
import { useWebSocket, WebSocketProvider, WebSockets } from 'carillon-client/react/websocket';

const { home, user, url, auto, packed } = window.given;
const TYPES = ['simulation', 'notifications', 'assessments', 'generic'];
const EVENTS = [
  'stateChange',
  'connected',
  'disconnected',
  'error',
  'connectionError',
  'reconnecting',
  'maxReconnectAttemptsReached',
  'authenticationError',
  'authenticationTimeout',
];
window.opened = [];
window.bad = [];
window.mute = [];

class Watched extends WebSocket {
  constructor(...args) {
    super(...args);
    opened.push(args[0]);
  }
  send(frame) {
    if (!mute.some((type) => this.url.endsWith(type))) super.send(frame);
  }
}

const optionsOf = (type) => ({
  url: `${url}?${type}`,
  getToken: async () => {
    if (bad.includes(type)) return 'bad';
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ user_id: user });
    return (await (await fetch(new URL('/dev/login', home), { method: 'POST', headers, body })).json()).token;
  },
  backoff: { minMs: 10, maxMs: 100 },
  webSocket: Watched,
  channel: `${type === 'generic' ? 'lobby' : type}:${user}`,
  debug: type === 'simulation',
  ...(type === 'notifications' ? { maxAttempts: 3 } : {}),
  ...(packed ? { codec: msgpackCodec } : {}),
});
window.sockets = new WebSockets(Object.fromEntries(TYPES.map((type) => [type, optionsOf(type)])));
window.of = (type) => sockets.of(type).actions;
window.told = Object.fromEntries(TYPES.map((type) => [type, []]));
for (const type of TYPES) {
  for (const event of EVENTS) {
    of(type).on(event, ({ state, code }) => told[type].push([event, state ?? code].filter(Boolean).join(' ')));
  }
}

/** Half a second of a tone, as a recorder writes it. */
window.wav = () => {
  const rate = 8000;
  const view = new DataView(new ArrayBuffer(44 + rate));
  const text = (at, word) => [...word].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + rate, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, rate, true);
  for (let i = 0; i < rate / 2; i++) {
    view.setInt16(44 + 2 * i, Math.round(20_000 * Math.sin((2 * Math.PI * 440 * i) / rate)), true);
  }
  return new Uint8Array(view.buffer);
};

function Panel({ type }) {
  const { connectionState, session } = useWebSocket(type, auto);
  return (
    <p className={type}>
      {type} {connectionState} {session?.userId}
    </p>
  );
}

window.root = createRoot(document.querySelector('#root'));
root.render(
  <StrictMode>
    <WebSocketProvider sockets={sockets}>
      {TYPES.flatMap((type) => [1, 2, 3].map((i) => <Panel key={type + i} type={type} />))}
    </WebSocketProvider>
  </StrictMode>,
);
