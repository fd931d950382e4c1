// Tabs that share a connection, in Chromium: node client-tabs.mjs <baseUrl> <apiKey> worker|election|crash
// Ten tabs read a channel and publish to it, while others publish too and the tab that came first, which has the
// connection where there is no worker, is closed, or crashes. Prints one line of JSON; exits 1 if a check failed.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { launch } from './browser.mjs';

const [baseUrl, apiKey, how] = process.argv.slice(2);
if (!['worker', 'election', 'crash'].includes(how)) {
  console.error('usage: node client-tabs.mjs <baseUrl> <apiKey> worker|election|crash');
  process.exit(2);
}
const TABS = 10;
const BURST = 100;
const EACH = 12;
const channel = `feed:${how}`;
const library = new URL('../../client/dist/', import.meta.url);

const html = `<!doctype html><script type="module">
  import { connectTabs } from '/tabs.js';
  import { indexedDbStore } from '/indexeddb.js';
  window.heard = [];
  window.gaps = [];
  window.states = [];
  window.sockets = 0;
  window.personal = [];
  window.workerOf = ${how === 'worker' ? `(name) => new SharedWorker('/worker.js', { name, type: 'module' })` : 'undefined'};
  class Counted extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets++;
    }
  }
  window.client = connectTabs({
    name: 'ada',
    url: ${JSON.stringify(`${baseUrl}/ws`)},
    getToken: async () => {
      const body = JSON.stringify({ user_id: ${JSON.stringify(how)} });
      const headers = { 'content-type': 'application/json' };
      return (await (await fetch('/login', { method: 'POST', headers, body })).json()).token;
    },
    webSocket: Counted,
    backoff: { minMs: 100, maxMs: 1000 },
    outbox: { store: indexedDbStore({ name: 'ada' }) },
    worker: workerOf,
  });
  client.state.subscribe((state) => states.push(state));
  client.user.on('message', ({ data }) => personal.push(data));
  window.channel = client.channel(${JSON.stringify(channel)});
  channel.on('message', ({ data, position }) => heard.push([position.offset, data]));
  channel.on('gap', (gap) => gaps.push(gap));
</script>`;
const worker = `import { serveTabs } from '/tabs.js';\nserveTabs();`;

/** The application's server: its pages, the library, and tokens. */
const server = createServer((request, response) => {
  const send = (type, body) => response.writeHead(200, { 'content-type': type }).end(body);
  const { pathname } = new URL(request.url, 'http://page');
  if (pathname === '/') send('text/html', html);
  else if (pathname === '/worker.js') send('text/javascript', worker);
  else if (pathname === '/login') login(request).then((token) => send('application/json', token));
  else
    readFile(new URL(`.${pathname}`, library)).then(
      (script) => send('text/javascript', script),
      () => response.writeHead(404).end(),
    );
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const page = `http://127.0.0.1:${server.address().port}/`;

let logins = 0;
async function login(request) {
  logins++;
  const body = Buffer.concat(await request.toArray());
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${baseUrl}/dev/login`, { method: 'POST', headers, body })).text();
}

async function api(path, body = {}) {
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  const answer = await fetch(`${baseUrl}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const checks = [];
function expect(holds, what, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
  checks.push(what);
}
/** Sessions of the user, as the node counts them, each one connection. */
const connections = async () => (await api(`users/${how}`)).sessions.length;
const own = (tab) => tab.evaluate(() => sockets);

/** Its process ends at once: no event is told to the page, and nothing is said to the others. */
async function crash(tab) {
  const crashed = tab.waitForEvent('crash');
  const session = await tab.context().newCDPSession(tab);
  session.send('Page.crash').catch(() => {}); // nobody is left to answer
  await crashed;
}

const browser = await launch();
const faults = [];
let outcome;
try {
  const context = await browser.newContext();
  const open = async () => {
    const tab = await context.newPage();
    tab.on('pageerror', (error) => faults.push(error.message));
    await tab.goto(page);
    return tab;
  };
  const first = await open();
  await first.waitForFunction(() => channel.live);
  const others = await Promise.all(Array.from({ length: TABS - 1 }, open));
  await Promise.all(others.map((tab) => tab.waitForFunction(() => channel.live && client.state.value === 'connected')));
  expect((await connections()) === 1, `${TABS} tabs, one connection`, await connections());
  expect((await own(first)) === (how === 'worker' ? 0 : 1), 'who has it', await own(first));
  expect(logins === 1, 'one token for all', logins);
  const { session } = await others[0].evaluate(() => ({ session: client.session }));
  expect(session.userId === how, 'every tab knows the session', session);
  await api(`users/${how}/publish`, { data: 'for you' });
  await Promise.all(others.map((tab) => tab.waitForFunction(() => personal.length === 1)));

  // A burst from outside and from each tab; in the middle of it the first tab is closed with publishes under way.
  const written = Promise.all(
    others.map((tab, t) =>
      tab.evaluate(
        async ([t, each]) => {
          const receipts = [];
          for (let i = 0; i < each; i++) {
            receipts.push(channel.publish(`tab ${t} ${i}`));
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          return Promise.all(receipts);
        },
        [t, EACH],
      ),
    ),
  );
  let closing;
  for (let i = 0; i < BURST; i++) {
    await api('publish', { channel, data: `burst ${i}` });
    if (i === BURST / 4) {
      await first.evaluate(async () => {
        for (let i = 0; i < 5; i++) void channel.publish(`last words ${i}`);
        await client.stored();
      });
      closing = how === 'crash' ? crash(first) : first.close();
    }
  }
  await closing;
  const receipts = (await written).flat();
  expect(new Set(receipts.map(({ position }) => position.offset)).size === others.length * EACH, 'all acknowledged once', receipts);

  const total = BURST + others.length * EACH + 5;
  await Promise.all(
    others.map((tab) => tab.waitForFunction((all) => heard.length >= all, total, { timeout: 15_000 }).catch(() => {})),
  );
  const { messages } = await api('history', { channel, limit: 300 });
  const truth = messages.map(({ offset, data }) => [offset, data]);
  expect(truth.length === total && new Set(truth.map(([, data]) => data)).size === total, 'each exists once', truth);
  for (const tab of others) {
    const { heard, gaps } = await tab.evaluate(() => ({ heard, gaps }));
    expect(JSON.stringify(heard) === JSON.stringify(truth), 'none lost, none twice, in order', { heard, truth });
    expect(gaps.length === 0, 'no gap', gaps);
  }
  const states = await others[0].evaluate(() => states);
  expect(states.includes('reconnecting') === (how !== 'worker'), 'a worker outlives its tabs, a tab is followed', states);
  expect((await connections()) === 1, 'still one connection', await connections());
  const sockets = await Promise.all(others.map(own));
  expect(sockets.reduce((a, b) => a + b) === (how === 'worker' ? 0 : 1), 'one tab has followed', sockets);

  // A tab that comes late reads on from here, or from where the application says.
  const late = await open();
  const position = await late.evaluate(() => channel.subscribed());
  expect(position.offset === total, 'a late tab has the present position', position);
  const since = { epoch: position.epoch, offset: 10 };
  const recovered = await late.evaluate(async ([name, from, last]) => {
    const again = [];
    channel.hold();
    const { connectTabs } = await import('/tabs.js');
    const other = connectTabs({ name: 'ada', url: '/', getToken: () => '', worker: window.workerOf });
    other.channel(name, { since: from }).on('message', ({ position }) => again.push(position.offset));
    while (again.at(-1) !== last) await new Promise((resolve) => setTimeout(resolve, 20));
    return again;
  }, [channel, since, total]);
  expect(recovered.every((offset, i) => offset === 11 + i), 'or the one that it knows', recovered);
  expect((await connections()) === 1, 'one connection in the end', await connections());
  expect(faults.length === 0, 'no page reported an error', faults);
  outcome = { ok: true, checks, logins };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, checks, faults };
} finally {
  await browser.close();
  server.close();
}
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
