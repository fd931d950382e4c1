// The snippets of the guide and the READMEs, run as they stand: node snippets.mjs guide|readme|package <given>
// Two nodes, and a verticle that answers `demo.sum` and `orders.place`. What a snippet cannot know is put in for it: the
// addresses of the nodes, and a token where it says 'token'. Each must do what the text around it says.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppServer } from './app-server.mjs';
import { launch } from './browser.mjs';
import { bundle } from './bundle.mjs';
import { play } from './stage.mjs';

const socketOf = ({ url }) => `${url.replace('http', 'ws')}/ws`;
const ROOT = '<div id="root"></div>';
const RENDER = `
import { createRoot } from 'react-dom/client';
createRoot(document.querySelector('#root')!).render(<App />);`;
/** What uses the snippet about cached queries: two of them, and the number of times that each was asked. */
const QUERIES = `
import { createRoot } from 'react-dom/client';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { connect } from 'carillon-client';
import { CarillonProvider } from 'carillon-client/react';
const asked = { alerts: 0, orders: 0 };
const useCount = (what: 'alerts' | 'orders', queryKey: unknown[]) =>
  useQuery({ queryKey, queryFn: async () => ++asked[what], staleTime: Infinity }).data;
const Page = () => <p>{useCount('alerts', ['alerts'])} alerts, {useCount('orders', ['orders', 7])} orders</p>;
const client = connect({ url: '/ws', getToken: () => 'token', autoConnect: false });
createRoot(document.querySelector('#root')!).render(
  <CarillonProvider client={client}>
    <QueryClientProvider client={new QueryClient()}>
      <Live />
      <Page />
    </QueryClientProvider>
  </CarillonProvider>,
);`;

/**
 * A page whose script is a snippet, of an application that stands before the first node.
 *
 * @param user whose token 'token' is
 * @param beside what the application has beside it: `html`, `more` of the script, its `files`, or `prepare` the page
 */
async function open(stage, { code, language }, user, beside = {}) {
  const { html = '', more = '', files = () => {}, prepare = () => {} } = beside;
  const app = stage.own(await AppServer.start(stage.nodes[0].url));
  const contents = (code + more).replaceAll('127.0.0.1:8080', new URL(app.url).host).replaceAll("'token'", 'globalThis.token');
  const script = await bundle({ stdin: { contents, loader: language, sourcefile: 'app.tsx' } });
  const token = await stage.token(user);
  app
    .serve('/', 'text/html', `<!doctype html><meta charset="utf-8">${html}<script>token = '${token}'</script><script type="module" src="app.js"></script>`)
    .serve('/app.js', 'text/javascript', script);
  await files(app);
  const context = stage.own(await stage.browser.newContext());
  const lines = [];
  const load = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => stage.faults.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'log') {
        // A page that is closed meanwhile has nobody who waits for the line.
        Promise.all(line.args().map((argument) => argument.jsonValue())).then((values) => lines.push(values), () => {});
      }
    });
    await prepare(page);
    await page.goto(app.url);
    return page;
  };
  /** A line that the snippet has logged. */
  const logged = (what, holds) =>
    stage.until(what, () => lines.find(holds)).catch((error) => {
      throw new Error(`${error.message} in ${JSON.stringify(lines)}`);
    });
  /** What stands on the page, in the end. */
  const shows = (text) =>
    stage.until(`shows ${text}`, async () => (await page.textContent('#root')).includes(text));
  const page = await load();
  return { app, context, page, lines, logged, shows, load };
}

const kept = async (stage, channel) => (await stage.api('history', { channel, limit: 300 })).messages;
const saysData = (data) => (line) => JSON.stringify(line) === JSON.stringify(data);

/** By heading: what is done with its snippets, one parameter after the stage for each. */
const GUIDE = {
  async 'Ten lines'(stage, first, inNode) {
    const { logged } = await open(stage, first, 'ada');
    await logged('is connected', saysData(['connected']));
    await logged('is acknowledged', ([receipt]) => receipt?.position?.offset > 0 && receipt.duplicate === false);
    await logged('and comes', saysData(['ada', { text: 'hello' }]));
    await runInNode(stage, inNode);
  },

  async Types(stage, snippet) {
    const { logged } = await open(stage, snippet, 'types');
    await logged('a verticle has answered', saysData([4]));
    await stage.api('publish', { channel: 'messages:42', data: { type: 'typing', is_typing: true } });
    await logged('an event of a room', saysData([true]));
    await stage.api('users/types/publish', { data: { type: 'alert', level: 3 } });
    await logged('an event of the user', saysData([3]));
  },

  async Channels(stage, snippet) {
    let asked = 0;
    const files = (app) => app.serve('/orders', 'application/json', () => (asked++, '[{"id":1}]'));
    const { app, page } = await open(stage, snippet, 'orders', { files });
    const publish = (id) => stage.api('publish', { channel: 'orders', data: { id } });
    const reaches = (offset) => page.waitForFunction((at) => JSON.parse(localStorage.getItem('orders'))?.offset === at, offset);
    const leave = () => page.goto(`${app.url}metrics`);
    await page.waitForFunction(() => channel.live);
    await publish(1);
    await reaches(1);
    await leave();
    await publish(2);
    await page.goto(app.url);
    await reaches(2);
    stage.same([await page.evaluate(() => orders), asked], [[{ id: 2 }], 0], 'the next page goes on, and need not ask');
    await page.evaluate(() => localStorage.setItem('orders', '{"epoch":"another","offset":7}'));
    await leave();
    await page.goto(app.url);
    await stage.until('asks for what cannot be recovered', () => asked === 1);
    await publish(3);
    await reaches(3);
    stage.same(await page.evaluate(() => orders), [{ id: 1 }, { id: 3 }], 'and goes on from there');
  },

  async Publishing(stage, typing, stored) {
    const marks = async () => (await kept(stage, 'messages:42')).map(({ data }) => data.is_typing).slice(before);
    const before = (await kept(stage, 'messages:42')).length;
    let welcomed = false;
    const prepare = (page) => page.on('websocket', (socket) => socket.on('framereceived', () => (welcomed = true)));
    const { page } = await open(stage, typing, 'typist', { html: '<input>', prepare });
    await stage.until('connected', () => welcomed);
    await page.locator('input').pressSequentially('many keys');
    await stage.until('one mark', async () => (await marks()).length > 0);
    await page.locator('input').blur();
    await stage.until('and the end of it', async () => (await marks()).includes(false));
    stage.same(await marks(), [true, false], 'no more than that');

    const lost = await open(stage, stored, 'alice', { files: (app) => (app.down = true) });
    await lost.page.waitForFunction(() => window.client?.queued === 1);
    await lost.page.close();
    lost.app.down = false;
    const next = await lost.load();
    await lost.logged('what the first page wrote', ([what, channel]) => what === 'from before:' && channel === 'lobby');
    await next.waitForFunction(() => client.state.value === 'connected' && client.queued === 0);
    const said = async () => (await kept(stage, 'lobby')).filter(({ data }) => data.text === 'written in a tunnel').length;
    await stage.until('both are published', async () => (await said()) === 2);
  },

  async 'Presence and requests'(stage, snippet) {
    const { logged } = await open(stage, snippet, 'pia');
    await logged('who is here', ([members]) => Array.isArray(members) && members.includes('pia'));
    await logged('a verticle has answered', saysData([{ placed: 7 }]));
  },

  async React(stage, room, live) {
    const { page, shows } = await open(stage, room, 'roy', { html: ROOT, more: RENDER });
    await shows('connected: 1 here, 0 lines');
    await page.click('button:enabled');
    await shows('connected: 1 here, 1 lines');
    await stage.api('publish', { channel: 'lobby', data: { type: 'typing', is_typing: true } });
    await shows('2 lines, one more soon');
    await page.close();

    const queries = await open(stage, live, 'quinn', { html: ROOT, more: QUERIES });
    await queries.shows('1 alerts, 1 orders');
    await stage.until('connected', async () => (await stage.connections('quinn')) === 1);
    for (const [data, shown] of [
      [{ type: 'alerts.changed' }, '2 alerts, 1 orders'],
      [{ type: 'order.changed', id: 7 }, '2 alerts, 2 orders'],
    ]) {
      await stage.api('users/quinn/publish', { data });
      await queries.shows(shown);
    }
  },

  async 'Named connections'(stage, snippet) {
    const { page, shows, logged } = await open(stage, snippet, 'nan', { html: ROOT, more: RENDER });
    await shows('on, 0 messages');
    await page.click('button');
    await shows('on, 2 messages');
    const [start, audio] = await kept(stage, 'simulation:7');
    stage.same([start.data, audio.meta, audio.binary], [{ type: 'start' }, { type: 'audio' }, true], 'as they were sent');
    await stage.api('publish', { channel: 'simulation:7', data: { type: 'ai_response', text: 'well said' } });
    await logged('the answer', saysData([{ type: 'ai_response', text: 'well said' }]));
  },

  async 'One connection for all tabs'(stage, snippet, worker) {
    const files = async (app) => {
      const stdin = { contents: worker.code, loader: worker.language };
      app.serve('/carillon-worker.js', 'text/javascript', await bundle({ stdin }));
    };
    const { lines, load, page } = await open(stage, snippet, 'tab', { files });
    const other = await load();
    for (const tab of [page, other]) await tab.waitForFunction(() => client.channel('lobby').live);
    stage.same(await stage.connections('tab'), 1, 'two tabs, one connection');
    await stage.api('publish', { channel: 'lobby', data: 'to both' });
    await stage.until('both hear it', () => lines.filter(([data]) => data === 'to both').length === 2);
  },

  async 'Where no WebSocket comes through'(stage, snippet) {
    const prepare = (page) => page.addInitScript(() => delete window.WebSocket);
    const { page, logged } = await open(stage, snippet, 'wall', { prepare });
    await page.waitForFunction(() => client.state.value === 'connected');
    stage.same(await stage.connections('wall'), 1, 'connected without one');
    await logged('its state', ([state]) => state === 'connecting');
  },

  async MessagePack(stage, snippet) {
    const sent = [];
    const before = (await kept(stage, 'simulation:7')).length;
    const prepare = (page) => page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(typeof payload)));
    await open(stage, snippet, 'max', { prepare });
    await stage.until('is published', async () => (await kept(stage, 'simulation:7')).length > before);
    const audio = (await kept(stage, 'simulation:7')).at(-1);
    stage.same([audio.meta, audio.binary], [{ type: 'audio' }, true], 'bytes, and what describes them');
    // The browser tells of frames when it gets to it.
    await stage.until('what was sent is told', () => sent.length > 1);
    stage.expect(!sent.includes('string'), 'nothing was sent as text', sent);
  },
};

const README = {
  async 'A client in ten lines'(stage, snippet) {
    const { logged } = await open(stage, snippet, 'ada');
    await logged('what was published comes', ([offset, data]) => offset > 0 && data?.text === 'hello');
  },
};

const PACKAGE = {
  async 'carillon-client'(stage, snippet) {
    const { logged } = await open(stage, snippet, 'ada');
    await logged('is acknowledged', ([receipt]) => receipt?.position?.offset > 0);
    await logged('and comes', saysData([{ text: 'hello' }]));
  },
};

/** A snippet for Node, which is given two addresses and a token in the environment. */
async function runInNode(stage, { code }) {
  const contents = stage.nodes.reduce((text, node, i) => text.replaceAll(`wss://node${i + 1}.example.org/ws`, socketOf(node)), code);
  // What ws is made of asks for Node's own modules.
  const banner = { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` };
  const script = await bundle({ stdin: { contents, loader: 'ts' }, platform: 'node', banner });
  const folder = await mkdtemp(join(tmpdir(), 'snippet-'));
  try {
    await writeFile(join(folder, 'snippet.mjs'), script);
    process.env.TOKEN = await stage.token('nadia');
    const { client } = await import(pathToFileURL(join(folder, 'snippet.mjs')));
    await stage.until('connected from Node', () => client.state.value === 'connected');
    stage.same(client.session.userId, 'nadia', 'as who the token says');
    client.close();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** TypeScript by the heading it stands below; what it declares can be looked at from outside. */
async function snippetsOf(document) {
  const text = await readFile(new URL(`../../../${document}`, import.meta.url), 'utf8');
  const found = new Map();
  let heading;
  for (const [, title, language, code] of text.matchAll(/^#+ (.+)$|^```(tsx?)\n([^]*?)^```$/gm)) {
    if (title !== undefined) {
      heading = title;
    } else {
      const names = [...code.matchAll(/^(?:export )?(?:const|let) (\w+)/gm)].map(([, name]) => name);
      const shown = names.map((name) => `Object.defineProperty(globalThis, '${name}', { configurable: true, get: () => ${name} });\n`);
      found.set(heading, [...(found.get(heading) ?? []), { code: code + shown.join(''), language }]);
    }
  }
  return found;
}

async function runAll(stage, document, runs) {
  const snippets = await snippetsOf(document);
  let count = 0;
  stage.browser = await launch();
  try {
    for (const [heading, found] of snippets) {
      stage.expect(runs[heading]?.length === 1 + found.length, `each snippet below "${heading}" is run`, found.length);
      await runs[heading](stage, ...found);
      await stage.close();
      count += found.length;
    }
  } finally {
    await stage.close();
    await stage.browser.close();
  }
  stage.same([...snippets.keys()], Object.keys(runs), 'there is something to run');
  return { snippets: count };
}

await play({
  guide: (stage) => runAll(stage, 'src/docs/client.md', GUIDE),
  readme: (stage) => runAll(stage, 'README.md', README),
  package: (stage) => runAll(stage, 'src/client/README.md', PACKAGE),
});
