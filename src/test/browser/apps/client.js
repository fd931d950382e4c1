// A page with the client library and nothing else. Told: user, urls, channel, options, and whether the outbox is stored.
import { connect } from 'carillon-client';
import { indexedDbStore } from 'carillon-client/indexeddb';

const { home, user, urls, channel, options, stored, refresh } = window.given;
window.states = [];
window.heard = [];
window.gaps = [];
window.reports = [];
window.delivered = [];
window.attempts = [];

class Watched extends WebSocket {
  constructor(...args) {
    super(...args);
    attempts.push(performance.now());
    this.addEventListener('message', (event) => window.onFrame?.(event, this));
  }
}

const post = async (path, body) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new URL(path, home), { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()).token;
};
const login = () => post('/dev/login', JSON.stringify({ user_id: user }));
if (refresh) await login();

window.client = connect({
  url: urls,
  getToken: window.given.token ? () => window.given.token : refresh ? () => post('/api/token/refresh/') : login,
  webSocket: Watched,
  autoConnect: false,
  onReport: (report) => reports.push(report),
  ...(stored ? { outbox: { store: indexedDbStore({ name: user }) } } : {}),
  ...options,
});
client.state.subscribe((state) => states.push(state));
client.on('delivered', ({ message }) => delivered.push(message.data));
if (channel) {
  client.channel(channel).on('message', ({ data, position }) => heard.push([position.offset, data]));
  client.channel(channel).on('gap', (gap) => gaps.push(gap));
}
client.connect();
