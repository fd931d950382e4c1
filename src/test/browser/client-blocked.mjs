// The client library in Chromium where no WebSocket comes through: node client-blocked.mjs <nodes> <tokens> <channel>
// Nodes are [{"id","pid","url"}]. Of three pages one has no WebSocket, of the others a policy forbids it. The first
// publishes, all read, and the node of the second is killed halfway. Prints one line of JSON; exits 1 if a check failed.
import { readFile } from 'node:fs/promises';
import { launch } from './browser.mjs';

const [nodesJson, tokensJson, channel] = process.argv.slice(2);
if (!channel) {
  console.error('usage: node client-blocked.mjs <nodes> <tokens> <channel>');
  process.exit(2);
}
const nodes = JSON.parse(nodesJson);
const tokens = JSON.parse(tokensJson);
const library = new URL('../../client/dist/', import.meta.url);
const COUNT = 200;

const html = (number) => `<!doctype html><script type="module">
  import { connect } from './index.js';
  import { withFallback } from './fallback.js';
  window.seen = [];
  window.gaps = 0;
  window.reports = [];
  window.client = connect({
    url: ${JSON.stringify(nodes.map(({ url }) => url))},
    getToken: () => ${JSON.stringify(tokens[number])},
    backoff: { minMs: 100, maxMs: 1000 },
    outbox: { capacity: ${COUNT} },
    webSocket: withFallback(),
    onReport: (report) => {
      if (report.type === 'connected') reports.push(report.node);
    },
  });
  client.channel(${JSON.stringify(channel)}).on('message', ({ data }) => {
    seen.push(data instanceof Uint8Array ? 'bytes ' + data : data);
  });
  client.channel(${JSON.stringify(channel)}).on('gap', () => gaps++);
</script>`;

function expect(holds, what, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
}

async function open(context, number, faults) {
  const base = `http://127.0.0.1:9/page${number}/`;
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  if (number === 0) {
    await page.addInitScript(() => delete window.WebSocket);
  }
  await page.route(`${base}**`, async (route) => {
    const name = route.request().url().slice(base.length);
    await route.fulfill(
      name === ''
        ? { contentType: 'text/html', body: html(number), headers: { 'content-security-policy': 'connect-src http:' } }
        : { contentType: 'text/javascript', body: await readFile(new URL(name, library), 'utf8') },
    );
  });
  await page.goto(base);
  await page.waitForFunction(() => window.client?.state.value === 'connected');
  await page.evaluate((name) => client.channel(name).subscribed(), channel);
  return page;
}

const browser = await launch('--disable-features=LocalNetworkAccessChecks');
const faults = [];
let outcome;
try {
  const context = await browser.newContext();
  const pages = [];
  for (let number = 0; number < 3; number++) pages.push(await open(context, number, faults));
  const victim = await pages[1].evaluate(() => client.session.node);
  const receipts = pages[0].evaluate(
    async ({ name, count }) => {
      const published = [client.channel(name).publish(Uint8Array.of(1, 2, 255), { meta: { n: 1 } })];
      for (let i = 0; i < count; i++) {
        published.push(client.channel(name).publish(i));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return (await Promise.all(published)).map(({ position }) => position.offset);
    },
    { name: channel, count: COUNT - 1 },
  );
  await pages[0].waitForFunction(() => window.seen.length > 80);
  process.kill(nodes.find(({ id }) => id === victim).pid, 'SIGKILL');
  const offsets = await receipts;
  expect(offsets.every((offset, i) => offset === i + 1), 'each publish has an offset of its own, in order', offsets);
  const order = ['bytes 1,2,255', ...Array.from({ length: COUNT - 1 }, (_, i) => i)];
  for (const page of pages) {
    await page.waitForFunction((count) => window.seen.length >= count, COUNT, { timeout: 60_000 });
    const { seen, gaps } = await page.evaluate(() => ({ seen, gaps }));
    expect(JSON.stringify(seen) === JSON.stringify(order), 'all, once, in order', seen);
    expect(gaps === 0, 'nobody was told of a gap', gaps);
  }
  const connected = await pages[1].evaluate(() => reports);
  expect(connected.length > 1 && connected.at(-1) !== victim, 'the second page went to another node', connected);
  expect(faults.length === 0, 'no page reported an error', faults);
  outcome = { ok: true, published: COUNT };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, faults };
} finally {
  await browser.close();
}
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
