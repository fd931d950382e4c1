// Chat threads, in Chromium: node chat.mjs <scenario> <given>
// Three nodes, whose access tokens live for three seconds and are forgiven two more.
import { launch } from './browser.mjs';
import { play } from './stage.mjs';

const socketOf = ({ url }) => `${url.replace('http', 'ws')}/ws`;

async function chat(stage, user, channel, given = {}) {
  const browser = stage.own(await launch());
  const page = await (await browser.newContext()).newPage();
  await stage.open(page, 'client.js', {
    user,
    channel,
    urls: socketOf(stage.nodes[0]),
    options: { backoff: { minMs: 100, maxMs: 1000 } },
    ...given,
  });
  await page.waitForFunction(() => window.client?.channel(given.channel).live);
  return page;
}

const history = async (stage, channel) =>
  (await stage.api('history', { channel, limit: 300 })).messages.map(({ offset, data }) => [offset, data]);

await play({
  /** The page has a refresh cookie and nothing else, and talks for five lives of a token. */
  async tokens(stage) {
    const page = await chat(stage, 'tom', 'messages:tokens', { refresh: true });
    const receipts = await page.evaluate(async () => {
      const receipts = [];
      while (reports.filter(({ event }) => event === 'refreshed').length < 7) {
        receipts.push(await client.channel(given.channel).publish(receipts.length));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return receipts;
    });
    const told = await page.evaluate(() => reports.map(({ type }) => type));
    stage.expect(!told.some((type) => ['closed', 'publish-failed', 'gap', 'waiting'].includes(type)), 'nothing is refused', told);
    stage.same(await page.evaluate(() => [attempts.length, states.at(-1)]), [1, 'connected'], 'no reconnect');
    stage.same(receipts.map(({ position, duplicate }) => [position.offset, duplicate]), receipts.map((_, i) => [i + 1, false]), 'all are taken');
    await page.waitForFunction((count) => heard.length === count, receipts.length);
    return { messages: receipts.length };
  },

  /** Twenty messages in a burst; offline after some, a hard reload, and online again. A reader on another node looks on. */
  async burst(stage) {
    const channel = 'messages:burst';
    const writer = await chat(stage, 'wes', channel, { stored: true });
    const reader = await chat(stage, 'rea', channel, { urls: socketOf(stage.nodes[1]) });
    await writer.evaluate(async () => {
      const message = (i) => ({ type: 'message', content: `line ${i}`, correlation_id: `thread 42 – ${i}` });
      for (let i = 0; i < 5; i++) await client.channel(given.channel).publish(message(i));
      for (let i = 5; i < 12; i++) void client.channel(given.channel).publish(message(i));
    });
    await writer.context().setOffline(true);
    await writer.evaluate(async () => {
      const message = (i) => ({ type: 'message', content: `line ${i}`, correlation_id: `thread 42 – ${i}` });
      for (let i = 12; i < 20; i++) void client.channel(given.channel).publish(message(i));
      await client.stored();
    });
    const waiting = await writer.evaluate(() => client.queued);
    stage.expect(waiting >= 8, 'what was written offline waits', waiting);
    await writer.reload();
    await writer.waitForFunction((least) => client.queued >= least, 8);
    await writer.context().setOffline(false);

    const expected = Array.from({ length: 20 }, (_, i) => [
      i + 1,
      { type: 'message', content: `line ${i}`, correlation_id: `thread 42 – ${i}` },
    ]);
    await reader.waitForFunction(() => heard.at(-1)?.[1].content === 'line 19');
    await writer.waitForFunction(() => client.queued === 0);
    stage.same(await reader.evaluate(() => heard), expected, 'all, once, in order, with their correlation ids');
    stage.same(await history(stage, channel), expected, 'as they are kept');
    await reader.reload();
    const again = await reader.evaluate(
      async () => (await client.channel(given.channel).history({ limit: 20 })).messages.map(({ position, data }) => [position.offset, data]),
    );
    stage.same(again, expected, 'and as they are read later');
    return { waiting };
  },

  /** The node has a message, and is killed before its acknowledgement is heard. */
  async killed(stage) {
    const channel = 'messages:killed';
    const page = await chat(stage, 'kim', channel, { urls: stage.nodes.slice(1).map(socketOf) });
    const killed = [];
    await page.exposeFunction('kill', (id) => {
      killed.push(id);
      process.kill(stage.nodes.find((node) => node.id === id).pid, 'SIGKILL');
    });
    const receipt = await page.evaluate(async () => {
      window.onFrame = (event) => {
        if (event.data.includes('"type":"ack"')) {
          event.stopImmediatePropagation();
          window.onFrame = undefined;
          void kill(client.session.node);
        }
      };
      return client.channel(given.channel).publish('once');
    });
    stage.same([receipt.duplicate, killed.length], [true, 1], 'it was known already');
    stage.same(await history(stage, channel), [[1, 'once']], 'it exists once');
    await page.waitForFunction(() => heard.length > 0);
    await page.evaluate(() => client.channel(given.channel).publish('next'));
    await page.waitForFunction(() => heard.length > 1);
    stage.same(await page.evaluate(() => heard), [[1, 'once'], [2, 'next']], 'and is heard once');
    return { killed: killed[0] };
  },

  /** MESSAGES says how many, 200 unless set. */
  async latency(stage) {
    const COUNT = Number(process.env.MESSAGES ?? 200);
    const browser = stage.own(await launch());
    const page = await (await browser.newContext()).newPage();
    await stage.open(page, 'latency.js', {
      tokens: [await stage.token('left'), await stage.token('right')],
      urls: stage.nodes.slice(0, 2).map(socketOf),
      channel: 'messages:latency',
    });
    await page.evaluate(() => ready);
    await page.evaluate((count) => measure(count), COUNT);
    await page.waitForFunction((count) => shown.length === count, COUNT);
    const all = await page.evaluate(() => shown);
    stage.same(all.map(([data]) => data), Array.from({ length: COUNT }, (_, i) => i), 'all are shown, in order');
    const sorted = all.map(([, ms]) => ms).sort((a, b) => a - b);
    const at = (share) => Math.round(sorted[Math.ceil(COUNT * share) - 1] * 10) / 10;
    return { messages: COUNT, medianMs: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  },
});
