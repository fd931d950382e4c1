// A professional network's one session, in Chromium: node network.mjs <scenario> <given>
// Two nodes that ping every second, let a user have five connections, keep five messages of a channel of the namespace notifications,
// and deflate what is large.
import { AppServer } from './app-server.mjs';
import { launch, launchLifelike } from './browser.mjs';
import { play } from './stage.mjs';

const BACK = ['connecting', 'authenticating', 'connected'];

/** A page of a user who is connected, and follows a channel of that name. */
async function connected(stage, context, user, options = {}) {
  const page = await stage.open(await context.newPage(), 'client.js', {
    user,
    urls: `${stage.nodes[0].url.replace('http', 'ws')}/ws`,
    channel: `feed:${user}`,
    options,
  });
  await page.waitForFunction(() => window.client?.channel(given.channel).live);
  stage.same(await page.evaluate(() => states.splice(0)), BACK, 'the states of a first connection');
  return page;
}

/** Something is published while the node does not know the user; then the page comes back, and has it. */
async function missesAndRecovers(stage, page, user, comeBack, states) {
  await stage.until(`${user} is gone`, async () => (await stage.connections(user)) === 0);
  await stage.api('publish', { channel: `feed:${user}`, data: 'missed' });
  await comeBack();
  await page.waitForFunction(() => client.state.value === 'connected' && heard.length > 0);
  stage.same(await page.evaluate(() => states), states, 'the states');
  stage.same(await page.evaluate(() => heard), [[1, 'missed']], 'what was missed comes, once');
  stage.same(await page.evaluate(() => gaps), [], 'no gap');
  stage.same(await stage.connections(user), 1, 'one connection');
  return { states, attempts: await page.evaluate(() => attempts.length) };
}

await play({
  async hidden(stage) {
    const { context } = stage.own(await launchLifelike());
    const page = await connected(stage, context, 'hidden', { pauseHiddenAfterMs: 300 });
    const other = await context.newPage();
    await other.bringToFront();
    return missesAndRecovers(stage, page, 'hidden', () => page.bringToFront(), ['disconnected', ...BACK]);
  },

  async frozen(stage) {
    const { context } = stage.own(await launchLifelike());
    const page = await connected(stage, context, 'frozen');
    const session = await context.newCDPSession(page);
    const other = await context.newPage();
    await other.bringToFront();
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    const thaw = async () => {
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await page.bringToFront();
    };
    return missesAndRecovers(stage, page, 'frozen', thaw, ['disconnected', ...BACK]);
  },

  async back(stage) {
    const { context } = stage.own(await launchLifelike());
    const page = await connected(stage, context, 'back');
    await page.evaluate(() => {
      window.kept = [];
      addEventListener('pageshow', ({ persisted }) => kept.push(persisted));
    });
    await page.goto('about:blank');
    const goBack = () => page.goBack({ waitUntil: 'commit' });
    const outcome = await missesAndRecovers(stage, page, 'back', goBack, ['disconnected', ...BACK]);
    stage.same(await page.evaluate(() => kept), [true], 'the page is the one that was left');
    return outcome;
  },

  async sleep(stage) {
    const { browser, context } = stage.own(await launchLifelike());
    const page = await connected(stage, context, 'sleep', { backoff: { minMs: 100, maxMs: 1000 } });
    const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
    const signal = (name) => processInfo.forEach(({ id }) => process.kill(id, name));
    signal('SIGSTOP');
    try {
      return await missesAndRecovers(stage, page, 'sleep', () => signal('SIGCONT'), ['reconnecting', ...BACK]);
    } finally {
      signal('SIGCONT');
    }
  },

  async offline(stage) {
    const browser = stage.own(await launch());
    const context = await browser.newContext();
    const page = await connected(stage, context, 'offline', { backoff: { minMs: 10, maxMs: 20 } });
    await context.setOffline(true);
    await page.waitForFunction(() => client.state.value === 'reconnecting');
    // Many back-offs pass, until the node has no more patience.
    const outcome = await missesAndRecovers(
      stage,
      page,
      'offline',
      async () => {
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
        stage.same(await page.evaluate(() => attempts.length), 1, 'no attempt while offline');
        await context.setOffline(false);
      },
      ['reconnecting', ...BACK],
    );
    const since = await page.evaluate(() => reports.map(({ type }) => type).slice(reports.findIndex(({ type }) => type === 'resumed')));
    stage.expect(!since.includes('waiting') && outcome.attempts === 2, 'one attempt when back, at once', since);
    return outcome;
  },

  /** The token is the test's to look for in the log. */
  async secret(stage) {
    const browser = stage.own(await launch());
    const page = await (await browser.newContext()).newPage();
    const token = await stage.token('secret');
    const urls = [];
    const lines = [];
    page.on('request', (request) => urls.push(request.url()));
    page.on('websocket', (socket) => urls.push(socket.url()));
    page.on('console', (line) => lines.push(line.text()));
    await stage.open(page, 'client.js', {
      user: 'secret',
      token,
      urls: `${stage.nodes[0].url.replace('http', 'ws')}/ws`,
      channel: 'feed:secret',
      options: { debug: true },
    });
    await page.evaluate(() => client.channel('feed:secret').publish('hello'));
    await stage.api('users/secret/disconnect', { code: 4403 });
    await page.waitForFunction(() => client.state.value === 'error');
    stage.expect(urls.some((url) => url.startsWith('ws')) && lines.length > 3, 'something is watched', { urls, lines });
    stage.same([...urls, ...lines].filter((text) => text.includes(token)), [], 'no token');
    return { token };
  },

  /** Six tabs of one user, on both nodes in turn. */
  async five(stage) {
    const browser = stage.own(await launch());
    const context = await browser.newContext();
    const tabs = [];
    for (let i = 0; i < 6; i++) {
      const urls = `${stage.nodes[i % 2].url.replace('http', 'ws')}/ws`;
      tabs.push(await stage.open(await context.newPage(), 'client.js', { user: 'five', urls }, i % 2));
      await tabs[i].waitForFunction(() => ['connected', 'error'].includes(window.client?.state.value));
    }
    const outcome = (tab) => tab.evaluate(() => [client.state.value, client.error?.code ?? 0, attempts.length]);
    const outcomes = await Promise.all(tabs.map(outcome));
    stage.same(outcomes, [...Array(5).fill(['connected', 0, 1]), ['error', 4429, 1]], 'the sixth is told why, and stays away');
    stage.same(await stage.connections('five', 1), 5, 'five connections in the cluster');
    await tabs[0].close();
    await stage.until('there is room', async () => (await stage.connections('five')) === 4);
    await tabs[5].evaluate(() => client.connect());
    await tabs[5].waitForFunction(() => client.state.value === 'connected');
    return { codes: outcomes.map(([, code]) => code) };
  },

  /** What a page writes and reads is large, and counted on its way. */
  async large(stage) {
    const app = stage.own(await AppServer.start(stage.nodes[0].url));
    const browser = stage.own(await launch());
    const page = await stage.open(await (await browser.newContext()).newPage(), 'client.js', {
      user: 'large',
      urls: `${app.url.replace('http', 'ws')}ws`,
      channel: 'feed:large',
    });
    await page.evaluate(() => client.channel(given.channel).subscribed());
    const { text, extensions } = await page.evaluate(async () => {
      let extensions;
      window.onFrame = (_, socket) => (extensions = socket.extensions);
      const text = Array.from({ length: 1290 }, (_, i) => `line ${i % 7} of what is said`).join(', ');
      await client.channel(given.channel).publish({ text });
      return { text, extensions };
    });
    await page.waitForFunction(() => heard.length > 0);
    stage.same(await page.evaluate(() => heard), [[1, { text }]], 'it comes as it was');
    stage.expect(extensions.includes('permessage-deflate'), 'agreed on', extensions);
    const { fromPage, toPage } = app.bytes;
    stage.expect(text.length > 30_000 && fromPage < text.length / 5 && toPage < text.length / 5, 'it was small on its way', app.bytes);
    return { bytes: text.length, fromPage, toPage };
  },

  /** What an application is told of its connection: a drop, and messages that are gone. */
  async quality(stage) {
    const browser = stage.own(await launch());
    const channel = 'notifications:quality';
    const page = await stage.open(await (await browser.newContext()).newPage(), 'client.js', {
      user: 'quality',
      urls: `${stage.nodes[0].url.replace('http', 'ws')}/ws`,
      channel,
      options: { backoff: { minMs: 10, maxMs: 20 } },
    });
    await page.waitForFunction(() => window.client?.quality.value.roundTripMs !== undefined && client.channel(given.channel).live);
    const before = await page.evaluate(() => client.quality.value);
    stage.same([before.missed, before.drops], [0, 0], 'nothing has happened yet');

    await page.context().setOffline(true);
    await stage.until('it is gone', async () => (await stage.connections('quality')) === 0);
    for (let i = 1; i <= 9; i++) await stage.api('publish', { channel, data: i });
    await page.context().setOffline(false);
    await page.waitForFunction(() => gaps.length === 1);
    await stage.api('publish', { channel, data: 10 });
    await page.waitForFunction(() => heard.length === 1);
    await stage.api('users/quality/disconnect', { code: 4005 });
    await page.waitForFunction(() => client.quality.value.drops > 0 && client.state.value === 'connected');
    const after = await page.evaluate(() => client.quality.value);
    stage.same([after.messages, after.missed, after.drops], [1, 9, 1], 'what came, what is missing, what broke');
    stage.expect(after.score < before.score, 'it is worse than before', { before, after });
    const told = await page.evaluate(() => reports.map(({ type, ...rest }) => [type, rest]));
    const types = new Set(told.map(([type]) => type));
    const expected = ['attempt', 'connected', 'state', 'round-trip', 'paused', 'resumed', 'gap', 'closed', 'waiting', 'subscribed'];
    stage.same(expected.filter((type) => !types.has(type)), [], 'all of it is reported');
    stage.same(told.find(([type]) => type === 'gap')[1], { channel, missed: 9, cause: 'lost' }, 'with what it is about');
    return { quality: after };
  },

  /** A stranger says nothing, and knocks at doors that are none. */
  async strangers(stage) {
    const browser = stage.own(await launch());
    const page = await (await browser.newContext()).newPage();
    await stage.open(page, 'none.js');
    const end = (path) =>
      page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const begun = performance.now();
            const socket = new WebSocket(url);
            let opened = false;
            socket.onopen = () => (opened = true);
            socket.onclose = ({ code }) => resolve({ opened, code, afterMs: performance.now() - begun });
          }),
        `${stage.nodes[0].url.replace('http', 'ws')}${path}`,
      );
    const [silent, ...refused] = await Promise.all(['/ws', '/nowhere', '/ws/nowhere', '/ws/nowhere/1?token=x'].map(end));
    refused.forEach(({ opened, code }) => stage.same([opened, code], [false, 1006], 'not even opened'));
    stage.same([silent.opened, silent.code], [true, 4002], 'who says nothing');
    await stage.until('the browser complains', () => stage.faults.length === refused.length);
    stage.expect(stage.faults.splice(0).every((line) => line.endsWith('response code: 404')), 'of 404', stage.faults);
    return { silentForMs: silent.afterMs };
  },
});
