// A professional network's one session, in Chromium: node network.mjs <scenario> <given>
// The nodes ping every second and wait as long for an answer.
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
