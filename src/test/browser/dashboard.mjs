// A dashboard with one connection for all its pages, in Chromium: node dashboard.mjs <scenario> <given>
// There is one node, which is started again in its place when the test is asked to `restart`.
import { launch } from './browser.mjs';
import { play } from './stage.mjs';

const PAGES = ['alerts', 'metrics', 'hosts', 'users'];

async function dashboard(stage, user, production = false) {
  const browser = stage.own(await launch());
  const page = await (await browser.newContext()).newPage();
  await stage.open(page, 'dashboard.jsx', { user, production, url: `${stage.nodes[0].url.replace('http', 'ws')}/ws` });
  await page.waitForSelector('#alerts[data-live=true]');
  return page;
}

/** Goes from page to page by their links; each page waits until its channel is live. */
const navigate = (page, times) =>
  page.evaluate(
    async ([names, count]) => {
      for (let i = 1; i <= count; i++) {
        const name = names[i % names.length];
        [...document.links].find(({ textContent }) => textContent === name).click();
        while (!document.querySelector(`#${name}[data-live=true]`)) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    [PAGES, times],
  );

await play({
  async navigations(stage) {
    const opened = await stage.meter('carillon_connections_opened_total');
    const page = await dashboard(stage, 'ann');
    await navigate(page, 20);
    stage.same(await stage.connections('ann'), 1, 'one connection');
    stage.same(await page.evaluate(() => [sockets, states]), [1, ['connecting', 'authenticating', 'connected']], 'no reconnect');

    // Strict mode asks twice; navigation does not, the event does, once.
    const before = await page.evaluate(() => asked);
    await stage.api('users/ann/publish', { data: { type: 'alerts.changed' } });
    await page.waitForFunction((times) => asked === times && document.body.textContent.includes(`read ${times} times`), before + 1);

    await page.evaluate(() => root.unmount());
    await stage.until('the connection ends with the app', async () => (await stage.connections('ann')) === 0);
    stage.same((await stage.meter('carillon_connections_opened_total')) - opened, 1, 'the node counts one connection');
    return { queries: before };
  },

  async restart(stage) {
    const page = await dashboard(stage, 'ben');
    await stage.ask('restart');
    const back = Date.now();
    await page.waitForFunction(() => client.state.value === 'connected' && client.session !== undefined);
    await stage.until('the new node knows the user', async () => (await stage.connections('ben')) === 1);
    const tookMs = Date.now() - back;
    await stage.api('publish', { channel: 'feed:alerts', data: 1 });
    await page.waitForFunction(() => document.body.textContent.includes('1 messages'));
    stage.same(await stage.connections('ben'), 1, 'one connection');
    return { tookMs, waits: await page.evaluate(() => waits), states: await page.evaluate(() => states) };
  },

  async memory(stage) {
    // In development React keeps a record of each render.
    const page = await dashboard(stage, 'cat', true);
    const cdp = await page.context().newCDPSession(page);
    const writer = await stage.writer('writer');
    const use = async (navigations, messages, each = 200) => {
      await navigate(page, navigations);
      for (let sent = 0; sent < messages; sent += each) {
        const goal = (await page.evaluate(() => counted)) + each;
        for (let i = 0; i < each; i++) {
          writer.publish(`feed:${PAGES[navigations % PAGES.length]}`, { i, text: 'x'.repeat(100) });
        }
        await page.waitForFunction((all) => counted >= all, goal);
      }
    };
    const heap = async () => {
      for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
      return (await cdp.send('Runtime.getHeapUsage')).usedSize;
    };
    // What grows once, such as caches and compiled code, has grown then.
    await use(40, 2000);
    const before = await heap();
    await use(200, 10_000);
    const after = await heap();
    stage.same(await page.evaluate(() => [counted, sockets]), [12_000, 1], 'every message came, over one connection');
    return { before, grownBytes: after - before };
  },
});
