// The client library in Chromium, offline: node client-page.mjs <nodes> <token> <channel>
// Nodes are [{"id","pid","url"}]. A page publishes 50 messages while it is offline, and is reloaded in the middle and
// at the end; it comes online, and the node that it finds is killed while it delivers them. Prints one line of JSON; exits 1 if a check failed.
import { readFile } from 'node:fs/promises';
import { launch } from './browser.mjs';

const [nodesJson, token, channel] = process.argv.slice(2);
if (!channel) {
  console.error('usage: node client-page.mjs <nodes> <token> <channel>');
  process.exit(2);
}
const nodes = JSON.parse(nodesJson);
const library = new URL('../../client/dist/', import.meta.url);
// Nobody listens there: all that the page loads comes from here, online or not.
const PAGE = 'http://127.0.0.1:9/page/';

const html = `<!doctype html><script type="module">
  import { connect } from './index.js';
  import { indexedDbStore } from './indexeddb.js';
  window.delivered = [];
  window.failed = [];
  window.client = connect({
    url: ${JSON.stringify(nodes.map(({ url }) => url))},
    getToken: () => ${JSON.stringify(token)},
    backoff: { minMs: 100, maxMs: 1000 },
    outbox: { store: indexedDbStore({ name: 'alice' }) },
  });
  client.on('delivered', ({ message }) => {
    delivered.push(message.data);
    if (delivered.length === 1) window.kill(client.session.node);
  });
  client.on('undelivered', ({ error }) => failed.push(error.message));
</script>`;

function expect(holds, what, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
}

const browser = await launch();
const faults = [];
let outcome;
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  let killed;
  page.on('pageerror', (error) => faults.push(error.message));
  await page.route(`${PAGE}**`, async (route) => {
    const name = route.request().url().slice(PAGE.length);
    await route.fulfill(
      name === ''
        ? { contentType: 'text/html', body: html }
        : { contentType: 'text/javascript', body: await readFile(new URL(name, library), 'utf8') },
    );
  });
  await page.exposeFunction('kill', (id) => {
    killed ??= id;
    if (killed === id) process.kill(nodes.find((node) => node.id === id).pid, 'SIGKILL');
  });
  await page.goto(PAGE);
  await page.waitForFunction(() => client.state.value === 'connected');

  await context.setOffline(true);
  await page.waitForFunction(() => client.state.value === 'reconnecting');
  for (const first of [0, 25]) {
    await page.evaluate(
      async ([name, from]) => {
        for (let i = from; i < from + 25; i++) void client.channel(name).publish(i);
        await client.stored();
      },
      [channel, first],
    );
    await page.reload();
    await page.waitForFunction((all) => client.queued === all, first + 25);
  }
  expect((await page.evaluate(() => client.state.value)) === 'reconnecting', 'no attempts while offline', null);

  await context.setOffline(false);
  await page.waitForFunction(() => delivered.length === 50 || failed.length > 0, undefined, { timeout: 60_000 });
  const { order, failed, node } = await page.evaluate(() => ({ order: delivered, failed, node: client.session.node }));
  expect(failed.length === 0, 'none is refused', failed);
  expect(order.every((data, i) => data === i), 'delivered in order', order);
  expect(killed !== undefined && killed !== node, 'another node took the rest', { killed, node });
  expect((await page.evaluate(() => client.stored().then(() => client.queued))) === 0, 'nothing is left', null);
  expect(faults.length === 0, 'no page reported an error', faults);
  outcome = { ok: true, nodes: [killed, node] };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, faults };
} finally {
  await browser.close();
}
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
