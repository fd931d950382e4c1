// A training simulator with several named connections, in Chromium: node simulator.mjs <scenario> <given>
// A verticle answers `simulator.listen`: it reads a recording from the history and publishes `ai_response`.
import { launch } from './browser.mjs';
import { play } from './stage.mjs';

const TYPES = ['simulation', 'notifications', 'assessments', 'generic'];
const UP = ['stateChange connecting', 'stateChange authenticating', 'stateChange connected', 'connected'];

async function simulator(stage, user, auto) {
  const browser = stage.own(await launch());
  const page = await (await browser.newContext()).newPage();
  stage.lines = [];
  page.on('console', (line) => stage.lines.push(line.text()));
  return stage.open(page, 'simulator.jsx', { user, auto, url: `${stage.nodes[0].url.replace('http', 'ws')}/ws` });
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

  async audio(stage) {
    const page = await simulator(stage, 'aud', true);
    const answer = await page.evaluate(async () => {
      const { send, sendJSON, subscribe, request } = of('simulation');
      const reply = new Promise((resolve) => subscribe('ai_response', resolve));
      const recording = wav();
      await sendJSON({ type: 'audio_metadata', format: 'wav', bytes: recording.length });
      const { position } = await send(recording, { type: 'audio' });
      await request('simulator.listen', { channel: 'simulation:aud', ...position });
      return reply;
    });
    stage.same(answer, { type: 'ai_response', seconds: 0.5, peak: 20_000, announced: 8044 }, 'what was heard of the recording');
    return { answer };
  },
});
