// What the client library offers, in Node, against a real node: node client-features.mjs <baseUrl> <apiKey>
// The node's tokens should live for some seconds only. Prints one line of JSON; exits 1 if a check failed.
import { createRequire } from 'node:module';
import { connect } from '../../client/dist/index.js';
import { WebSockets } from '../../client/dist/react/websocket.js';

const { WebSocket } = createRequire(new URL('../../client/package.json', import.meta.url))('ws');
const [baseUrl, apiKey] = process.argv.slice(2);
if (!apiKey) {
  console.error('usage: node client-features.mjs <baseUrl> <apiKey>');
  process.exit(2);
}

const checks = [];
const reports = [];

async function post(path, body, headers = {}) {
  const answer = await fetch(baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const api = (path, body) => post(`/api/${path}`, body, { 'x-api-key': apiKey });

const optionsOf = (userId) => ({
  url: `${baseUrl}/ws`,
  getToken: async () => (await post('/dev/login', { user_id: userId })).token,
  webSocket: WebSocket,
});

const clientOf = (userId) =>
  connect({
    ...optionsOf(userId),
    client: { name: 'features', version: '1' },
    traceparent: () => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    onReport: (report) => reports.push(report),
  });

function check(what, holds, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
  checks.push(what);
}

async function until(what, holds, found) {
  for (const deadline = Date.now() + 30_000; !holds(); ) {
    if (Date.now() > deadline) check(what, false, found());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  checks.push(what);
}

const failure = (promise) => promise.then(() => undefined, (error) => error);

/** Connections by name, as React's components use them: what waits goes out in order, or not at all. */
async function namedConnections() {
  const channel = 'messages:43';
  const sockets = new WebSockets({
    simulation: { ...optionsOf('eve'), channel },
    generic: { ...optionsOf('eve'), channel, getToken: () => 'bad', backoff: { minMs: 10 } },
  });
  const told = [];
  const heard = [];
  const good = sockets.of('simulation').actions;
  const bad = sockets.of('generic').actions;
  const events = ['connected', 'disconnected', 'connectionError', 'reconnecting', 'authenticationError', 'error'];
  events.forEach((event) => bad.on(event, () => told.push(event)));
  good.subscribe('*', (data) => heard.push(data));
  const waiting = Array.from({ length: 100 }, (_, i) => good.sendJSON({ i }));
  const dropped = failure(bad.send('never'));
  good.connect();
  bad.connect();
  await Promise.all(waiting);
  await good.send(Uint8Array.of(1, 2), { type: 'audio' });
  await until('a hundred messages and bytes come', () => heard.length === 101, () => heard.length);
  check('in order', heard.slice(0, 100).every((data, i) => data.i === i) && heard[100][1] === 2, heard);
  check('what waited is dropped without a login', (await dropped).code === 7, null);
  await until('a bad token ends it', () => told.length === 3, () => told);
  check('which is told in order', told.join() === 'reconnecting,authenticationError,error', told);
  sockets.of('simulation').disconnect();
}

const ada = clientOf('ada');
const bob = clientOf('bob');
let outcome;
try {
  const begun = Date.now();
  const heard = [];
  const personal = [];
  ada.user.on('message', ({ data }) => personal.push(data));
  const room = ada.channel('messages:42');
  room.on('message', (message) => heard.push(message));
  const presence = room.presence();
  await presence.ready;
  check('a channel is live', room.live && room.position.offset === 0, room.position);
  check('a session is known', ada.session.userId === 'ada', ada.session);
  check('who reads is present', presence.value.length === 1, presence.value);

  const hold = bob.channel('messages:42').hold();
  await until('who comes is present', () => presence.value.length === 2, () => presence.value);
  const receipt = await bob.channel('messages:42').publish({ text: 'é 😀' });
  check('a publish has a position', receipt.position.offset === 1 && !receipt.duplicate, receipt);
  const again = { key: 'the same' };
  await bob.channel('messages:42').publish(2, again);
  check('a key counts once', (await bob.channel('messages:42').publish(2, again)).duplicate, again);
  await bob.channel('messages:42').publish(Uint8Array.of(0, 255, 7), { meta: { rate: 8000 } });
  await until('all messages come', () => heard.length === 3, () => heard);
  check('data are what they were', heard[0].data.text === 'é 😀' && heard[0].userId === 'bob', heard[0]);
  check('bytes are bytes', heard[2].data instanceof Uint8Array && heard[2].data[1] === 255, heard[2]);
  check('bytes have their meta', heard[2].meta.rate === 8000, heard[2].meta);

  const page = await ada.channel('messages:42').history({ limit: 2, reverse: true });
  check('history is read', page.messages.map(({ position }) => position.offset).join() === '3,2', page);
  check('history has bytes', page.messages[0].data[2] === 7, page.messages[0]);
  const counts = await room.counts();
  check('people are counted', counts.users === 2 && counts.sessions === 2, counts);

  hold();
  await until('who leaves is gone', () => presence.value.length === 1, () => presence.value);

  const echo = await ada.request('demo.echo', { n: 1 });
  check('a verticle answers', echo.n === 1, echo);
  const failed = await failure(ada.request('demo.echo', { fail: 442 }));
  check("a verticle's code passes", failed.code === 442 && !failed.temporary, failed);
  check('nobody is there', (await failure(ada.request('demo.none', null))).code === 208, null);
  check('not for clients', (await failure(ada.request('carillon.publish', null))).code === 203, null);
  const refused = await failure(ada.channel('nowhere').subscribed());
  check('no such namespace', refused.code === 202, refused);

  await api('users/ada/publish', { data: 'for you' });
  await until('the personal channel comes by itself', () => personal.includes('for you'), () => personal);
  await api('subscribe', { user_id: 'ada', channel: 'feed:given' });
  const given = [];
  ada.channel('feed:given').on('message', ({ data }) => given.push(data));
  await api('publish', { channel: 'feed:given', data: 'given' });
  await until('the server subscribes', () => given.includes('given'), () => given);

  await namedConnections();

  while (Date.now() - begun < 12_000) await new Promise((resolve) => setTimeout(resolve, 100));
  check('a token is fresh', (await ada.channel('feed').publish('still here')).position.offset === 1, null);
  const states = reports.filter(({ type }) => type === 'closed' || type === 'gap' || type === 'unreadable');
  check('nothing was closed, missed or unreadable', states.length === 0, states);
  check('the round trip is known', ada.quality.value.roundTripMs < 30_000, ada.quality.value);
  const refreshes = reports.filter(({ type, event }) => type === 'token' && event === 'refreshed').length;
  outcome = { ok: true, checks, refreshes };
} catch (error) {
  outcome = { ok: false, reason: error.message, checks };
}
ada.close();
bob.close();
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
