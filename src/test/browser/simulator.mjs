// A training simulator with several named connections, in Chromium: node simulator.mjs <scenario> <given>
// A verticle answers `simulator.listen`: it reads a recording from the history and publishes `ai_response`.
import { AppServer } from './app-server.mjs';
import { launch } from './browser.mjs';
import { play } from './stage.mjs';

const TYPES = ['simulation', 'notifications', 'assessments', 'generic'];
const UP = ['stateChange connecting', 'stateChange authenticating', 'stateChange connected', 'connected'];

async function simulator(stage, user, auto, given = {}) {
  const browser = stage.own(await launch());
  const page = await (await browser.newContext()).newPage();
  stage.lines = [];
  stage.sent = [];
  page.on('console', (line) => stage.lines.push(line.text()));
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => stage.sent.push(typeof payload)));
  return stage.open(page, 'simulator.jsx', { user, auto, url: `${stage.nodes[0].url.replace('http', 'ws')}/ws`, ...given });
}

const kept = async (stage, channel) => (await stage.api('history', { channel, limit: 300 })).messages.map(({ data }) => data);

await play({
  async connections(stage) {
    const page = await simulator(stage, 'sim', true);
    await page.waitForFunction(() => document.body.innerText.match(/ connected sim/g)?.length === 12);
    const opened = await page.evaluate(() => opened);
    stage.same(opened.map((url) => url.split('?')[1]).sort(), [...TYPES].sort(), 'one connection for each type');
    stage.same(await stage.connections('sim'), 4, 'as the node counts them');
    stage.same(await page.evaluate(() => Object.values(told)), TYPES.map(() => UP), 'each event once, in order');
    await page.evaluate(() => root.unmount());
    await stage.until('all end with their components', async () => (await stage.connections('sim')) === 0);
    stage.same(
      await page.evaluate(() => Object.values(told)),
      TYPES.map(() => [...UP, 'stateChange disconnected', 'disconnected 1000']),
      'and that is told once',
    );
    const debugged = stage.lines.filter((line) => line.startsWith('carillon: '));
    stage.same(debugged.filter((line) => line.startsWith('carillon: connected ')).length, 1, 'one type is debugged');
    return { debugged: debugged.length };
  },

  async queue(stage) {
    const page = await simulator(stage, 'que', false);
    const outcome = await page.evaluate(async () => {
      const code = (promise) => promise.then(() => 0, (error) => error.code);
      const send = (type, count) => Array.from({ length: count }, (_, i) => code(of(type).sendJSON(i)));
      bad.push('assessments');
      const good = send('simulation', 100);
      const late = await code(of('simulation').sendJSON('one too many'));
      const dropped = send('assessments', 100);
      of('simulation').connect();
      of('assessments').connect();
      return { good: await Promise.all(good), late, dropped: await Promise.all(dropped) };
    });
    stage.same(outcome.good, Array(100).fill(0), 'all that waited are taken');
    stage.same(outcome.late, 5, 'more may not wait');
    stage.same(outcome.dropped, Array(100).fill(7), 'all are dropped where the token is refused');
    stage.same(await kept(stage, 'simulation:que'), Array.from({ length: 100 }, (_, i) => i), 'at the node, in order');
    const refused = await page.evaluate(async () => {
      const events = told.assessments.splice(0);
      bad.length = 0;
      of('assessments').connect();
      await of('assessments').sendJSON('with the next login');
      return events;
    });
    stage.same(
      refused,
      [
        ...['stateChange connecting', 'stateChange authenticating', 'stateChange reconnecting', 'reconnecting'],
        ...['stateChange connecting', 'stateChange authenticating', 'stateChange error', 'authenticationError 4001', 'error 4001'],
      ],
      'each event once, in order',
    );
    stage.same(await kept(stage, 'assessments:que'), ['with the next login'], 'nothing of what was dropped is at the node');
    return { events: refused };
  },

  /** A connection that breaks while no node can be reached, and one whose token does not arrive. */
  async events(stage) {
    const app = stage.own(await AppServer.start(stage.nodes[0].url));
    const page = await simulator(stage, 'eve', false, { url: `${app.url.replace('http', 'ws')}ws` });
    const toldOf = (type, last) =>
      page.waitForFunction(([from, event]) => told[from].at(-1) === event, [type, last]).then(() => page.evaluate((from) => told[from].splice(0), type));
    await page.evaluate(() => of('notifications').connect());
    stage.same(await toldOf('notifications', 'connected'), UP, 'a login');
    app.down = true;
    await stage.api('users/eve/disconnect', { code: 1011 });
    const failed = ['stateChange connecting', 'stateChange reconnecting', 'connectionError 1006', 'reconnecting'];
    const end = ['stateChange connecting', 'stateChange error', 'connectionError 1006', 'maxReconnectAttemptsReached', 'error 1006'];
    const broken = await toldOf('notifications', 'error 1006');
    stage.same(broken, ['stateChange reconnecting', 'disconnected 1011', 'reconnecting', ...failed, ...failed, ...end], 'a break, and three attempts');
    app.down = false;

    await page.evaluate(() => (mute.push('generic'), of('generic').connect()));
    await page.waitForFunction(() => told.generic.includes('stateChange authenticating'));
    await page.evaluate(() => void (mute.length = 0));
    const late = ['stateChange reconnecting', 'authenticationTimeout 4002', 'reconnecting'];
    stage.same(await toldOf('generic', 'connected'), [...UP.slice(0, 2), ...late, ...UP], 'no token in time, and the next attempt');
    return { events: [...broken, ...late] };
  },

  audio: (stage) => audio(stage, 'aud', false),

  /** The same in MessagePack. */
  packed: (stage) => audio(stage, 'pac', true),

  /** The namespace lobby takes twenty messages a second on a channel. */
  async loud(stage) {
    const page = await simulator(stage, 'lou', true);
    const refused = () => stage.meter('carillon_refusals_total');
    const before = await refused();
    const taken = await page.evaluate(async () => {
      const receipts = await Promise.all(Array.from({ length: 60 }, (_, i) => of('generic').sendJSON(i)));
      return receipts.map(({ position, duplicate }) => [position.offset, duplicate]);
    });
    stage.same(taken, taken.map((_, i) => [i + 1, false]), 'all are taken, once');
    stage.same(await kept(stage, 'lobby:lou'), Array.from({ length: 60 }, (_, i) => i), 'in order');
    const held = (await refused()) - before;
    stage.expect(held > 0, 'though the node has put some off', held);
    stage.same(await page.evaluate(() => told.generic.filter((event) => !event.startsWith('stateChange'))), ['connected'], 'without a break');
    return { refused: held };
  },

  /** The same user on the same channel, in two tenants. */
  async tenants(stage) {
    const channel = 'simulation:shared';
    const pages = {};
    for (const [tenant, token] of Object.entries(stage.given.tokens)) {
      const browser = stage.own(await launch());
      const page = await (await browser.newContext()).newPage();
      const urls = `${stage.nodes[0].url.replace('http', 'ws')}/ws`;
      pages[tenant] = await stage.open(page, 'client.js', { token, urls, channel });
      await page.evaluate(() => client.channel(given.channel).subscribed());
    }
    const [acme, globex] = Object.values(pages);
    await acme.evaluate(() => client.channel(given.channel).publish('of acme'));
    await acme.waitForFunction(() => heard.length === 1);
    await globex.evaluate(() => client.channel(given.channel).publish('of globex'));
    await globex.waitForFunction(() => heard.length > 0);
    stage.same(await globex.evaluate(() => heard), [[1, 'of globex']], 'its own stream');
    await acme.evaluate(() => client.channel(given.channel).publish('last'));
    await acme.waitForFunction(() => heard.at(-1)[1] === 'last');
    stage.same(await acme.evaluate(() => heard), [[1, 'of acme'], [2, 'last']], 'and nothing of the other');
    const past = (page) =>
      page.evaluate(async () => (await client.channel(given.channel).history({ limit: 9 })).messages.map(({ data }) => data));
    stage.same([await past(acme), await past(globex)], [['of acme', 'last'], ['of globex']], 'nor of its past');
    return { tenants: Object.keys(pages).length };
  },
});

async function audio(stage, user, packed) {
  const page = await simulator(stage, user, true, { packed });
  const answer = await page.evaluate(async (channel) => {
    const { send, sendJSON, subscribe, request } = of('simulation');
    const reply = new Promise((resolve) => subscribe('ai_response', resolve));
    const recording = wav();
    await sendJSON({ type: 'audio_metadata', format: 'wav', bytes: recording.length });
    const { position } = await send(recording, { type: 'audio' });
    await request('simulator.listen', { channel, ...position });
    return reply;
  }, `simulation:${user}`);
  stage.same(answer, { type: 'ai_response', seconds: 0.5, peak: 20_000, announced: 8044 }, 'what was heard of the recording');
  stage.same(stage.sent.includes('string'), !packed, 'in the wire form that was asked for');
  return { answer };
}
