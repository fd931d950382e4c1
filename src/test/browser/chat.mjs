// Chat threads, in Chromium: node chat.mjs <scenario> <given>
// Three nodes, whose access tokens live for three seconds and are forgiven two more, and which ping five times a second.
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

  /** A component renders a hundred times, each time with another handler. */
  async renders(stage) {
    const channel = 'messages:renders';
    const browser = stage.own(await launch());
    const page = await (await browser.newContext()).newPage();
    await stage.open(page, 'thread.jsx', { token: await stage.token('ren'), urls: socketOf(stage.nodes[0]), channel });
    await page.waitForSelector('[data-live=true]');
    await stage.api('publish', { channel, data: 'before' }, 1);
    await page.waitForFunction(() => heard.length === 1);
    const turns = await page.evaluate(async () => {
      for (let turn = 1; turn <= 100; turn++) {
        show(turn);
        if (turn % 10 === 0) await new Promise(requestAnimationFrame);
      }
      return document.body.textContent;
    });
    stage.expect(turns.includes('rendered 100 times'), 'all are on the screen', turns);
    await stage.api('publish', { channel, data: 'after' }, 1);
    await page.waitForFunction(() => heard.length > 1);
    stage.same(await page.evaluate(() => heard), [['before', 0], ['after', 100]], 'the newest handler, once');
    const asked = await page.evaluate(() => asked.filter((type) => type.includes('subscribe') || type === 'auth'));
    stage.same([await page.evaluate(() => attempts), asked], [1, ['auth']], 'no reconnect, nothing asked of the node');
    return { renders: 100 };
  },

  /** A node closes with each code in turn. */
  async closes(stage) {
    const page = await chat(stage, 'col', 'messages:closes');
    const back = async () => {
      await page.waitForFunction(() => client.state.value === 'connected');
      await stage.until('the node has it back', async () => (await stage.connections('col')) === 1);
    };
    const told = async (code) => {
      await page.evaluate(() => (reports.length = 0));
      await stage.api('users/col/disconnect', { code });
      await page.waitForFunction((expected) => reports.some((report) => report.type === 'closed' && report.code === expected), code);
    };
    const count = () => page.evaluate(() => attempts.length);
    const RETRIED = [1001, 1011, 1013, 4001, 4003, 4004, 4005, 4010];
    for (const code of RETRIED) {
      const before = await count();
      await told(code);
      await back();
      const waits = await page.evaluate(() => reports.filter(({ type }) => type === 'waiting').map(({ ms }) => ms));
      stage.expect(waits.length > 0 && waits[0] >= 100 && waits[0] <= 1000, `comes back after ${code}, not at once`, waits);
      stage.expect((await count()) > before, `comes back after ${code}`, await count());
    }
    const FINAL = [1002, 1008, 4401, 4403, 4409, 4429];
    for (const code of FINAL) {
      const before = await count();
      await told(code);
      await page.waitForFunction(() => client.state.value === 'error');
      const { error, waits } = await page.evaluate(() => ({
        error: client.error.code,
        waits: reports.filter(({ type }) => type === 'waiting').length,
      }));
      stage.same([error, waits, await count()], [code, 0, before], `stays away after ${code}, and says so`);
      await page.evaluate(() => client.connect());
      await back();
      stage.same(await count(), before + 1, `connects after ${code} when it is told to`);
    }
    const before = await count();
    await page.evaluate(() => ((reports.length = 0), client.close()));
    await stage.until('the node knows', async () => (await stage.connections('col')) === 0);
    stage.same(
      await page.evaluate(() => [client.state.value, reports.filter(({ type }) => type === 'waiting').length, attempts.length]),
      ['disconnected', 0, before],
      'stays away after a close of its own',
    );
    return { codes: RETRIED.length + FINAL.length };
  },

  /** As many heartbeats as BEATS says, 100 unless set; 960 are those of eight hours at one each half minute. */
  async hours(stage) {
    const BEATS = Number(process.env.BEATS ?? 100);
    const page = await chat(stage, 'hon', 'messages:hours');
    await page.evaluate(() => {
      window.beats = 0;
      window.onFrame = ({ data }) => (beats += data === '{"type":"ping"}' ? 1 : 0);
      reports.length = 0;
    });
    await page.waitForFunction((all) => beats >= all, BEATS, { timeout: 1000 * BEATS });
    const { states, attempts } = await page.evaluate(() => ({ states, attempts: attempts.length }));
    stage.same([states.at(-1), attempts], ['connected', 1], 'stays connected');
    stage.same(await page.evaluate(() => reports.filter(({ type }) => type === 'closed').length), 0, 'nothing is closed');
    stage.same(await stage.connections('hon'), 1, 'as the node counts it');
    await page.evaluate(() => client.channel(given.channel).publish('still here'));
    await page.waitForFunction(() => heard.length === 1);
    return { beats: await page.evaluate(() => beats) };
  },

  /** MESSAGES says how many, 1,000 unless set. */
  async latency(stage) {
    const COUNT = Number(process.env.MESSAGES ?? 1000);
    const browser = stage.own(await launch());
    const page = await (await browser.newContext()).newPage();
    await stage.open(page, 'latency.js', {
      users: ['left', 'right'],
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
