// A social feed with plain WebSockets, in Chromium: node feed.mjs <scenario> <given>
// A verticle says who may enter a chat (alice and bob of 42, guest to read) and what comes out of it, and broadcasts when the
// test asks it to.
import { launch } from './browser.mjs';
import { play } from './stage.mjs';

const CHAT = '/ws/messages/42';
/** A socket has the messages of its channel, that of notifications those to its user as well. */
const pathsOf = (user) => [CHAT, `/ws/connections/${user}`, '/ws/notifications', '/ws/feed', '/ws/online'];

/** A tab whose sockets are all subscribed: what the server publishes arrives. */
async function tab(stage, context, user, node, paths = pathsOf(user)) {
  const page = await stage.open(await context.newPage(), 'feed.js', {
    base: stage.nodes[node].url.replace('http', 'ws'),
    token: await stage.token(user),
    paths,
  }, node);
  await page.evaluate(() => ready);
  for (const path of paths.filter((path) => path !== '/ws/online')) {
    const channel = path.slice(4).replace('/', ':');
    await stage.until(`${user} hears ${channel}`, async () => {
      await stage.api('publish', { channel, data: { type: 'ready' } });
      return page.evaluate((from) => heard[from].some(({ type }) => type === 'ready'), path);
    });
  }
  for (let i = 0; paths.includes('/ws/online') && !(await page.evaluate(() => heard['/ws/online'].length > 0)); i++) {
    await stage.writer(`marker-${user}-${i}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return page;
}

/** What came on a socket of these types, in order. */
const heardBy = (page, path, ...types) =>
  page.evaluate(([from, wanted]) => heard[from].filter(({ type }) => wanted.includes(type)), [path, types]);
const hears = (page, path, type, count = 1) =>
  page.waitForFunction(([from, wanted, all]) => heard[from].filter(({ type }) => type === wanted).length >= all, [path, type, count]);
const say = (page, data) => page.evaluate(([path, what]) => sockets[path].send(JSON.stringify(what)), [CHAT, data]);

await play({
  async talk(stage) {
    const [one, two] = [stage.own(await launch()), stage.own(await launch())];
    const alice = await tab(stage, await one.newContext(), 'alice', 0);
    const other = await two.newContext();
    const tabs = [alice, await tab(stage, other, 'bob', 1), await tab(stage, other, 'bob', 1)];
    const bobs = tabs.slice(1);

    const message = { type: 'message', content: 'Hello <b>Bob</b>', attachment: null };
    await say(alice, message);
    await say(alice, { type: 'typing', is_typing: true });
    for (const each of tabs) {
      await hears(each, CHAT, 'typing');
      const [said, ...rest] = await heardBy(each, CHAT, 'message', 'new_message', 'typing');
      const { id, sender, timestamp, ...words } = said;
      stage.same([words, sender, ...rest], [{ ...message, type: 'new_message' }, 'alice', { type: 'typing', is_typing: true }], 'bare, in order');
      stage.expect(id.length > 0 && Math.abs(Date.now() - timestamp) < 60_000, 'with an id and a time', said);
    }

    // To all, from a verticle and over HTTP.
    await stage.ask('broadcast', { channels: ['feed', 'notifications'], data: { type: 'new_post', id: 1 } });
    await stage.api('broadcast', { channels: ['feed', 'notifications'], data: { type: 'new_comment', id: 2 } });
    for (const each of tabs) {
      for (const path of ['/ws/feed', '/ws/notifications']) {
        await hears(each, path, 'new_comment');
        stage.same(await heardBy(each, path, 'new_post', 'new_comment'), [{ type: 'new_post', id: 1 }, { type: 'new_comment', id: 2 }], path);
      }
    }

    // To one user, in all of the user's tabs and nobody else's: to the user, or on a channel that is the user's.
    const invited = [{ type: 'invited', to: 42 }, { type: 'invited', to: 43 }];
    await stage.ask('broadcast', { users: ['bob'], data: invited[0] });
    await stage.api('users/bob/publish', { data: invited[1] });
    for (const each of bobs) {
      await hears(each, '/ws/notifications', 'invited', 2);
      stage.same(await heardBy(each, '/ws/notifications', 'invited'), invited, 'to bob');
      stage.same(await heardBy(each, '/ws/feed', 'invited'), [], 'where nobody asked for it');
    }
    stage.same(await heardBy(alice, '/ws/notifications', 'invited'), [], 'not to alice');
    const asked = { type: 'connection_request', from: 'alice' };
    const accepted = { type: 'connection_accepted', by: 'alice' };
    await stage.ask('broadcast', { channels: ['connections:bob'], data: asked });
    await stage.api('broadcast', { channels: ['connections:bob', 'connections:nobody'], data: accepted });
    for (const each of bobs) {
      await hears(each, '/ws/connections/bob', accepted.type);
      stage.same(await heardBy(each, '/ws/connections/bob', asked.type, accepted.type), [asked, accepted], 'to bob');
    }
    await stage.api('broadcast', { channels: ['connections:alice'], data: { type: 'marker' } });
    await hears(alice, '/ws/connections/alice', 'marker');
    stage.same(await heardBy(alice, '/ws/connections/alice', asked.type, accepted.type), [], 'not to alice');
    return { tabs: tabs.length };
  },

  async online(stage) {
    const browser = stage.own(await launch());
    const watcher = await tab(stage, await browser.newContext(), 'watcher', 0, ['/ws/online']);
    const about = async (user) =>
      (await heardBy(watcher, '/ws/online', 'user_online', 'user_offline')).filter(({ user_id }) => user_id === user).map(({ type }) => type);
    const context = await browser.newContext();
    const first = await tab(stage, context, 'dora', 1, ['/ws/feed']);
    const second = await tab(stage, context, 'dora', 1, ['/ws/feed']);
    await first.reload();
    await first.evaluate(() => ready);
    await second.close();
    await first.reload();
    await first.evaluate(() => ready);
    await stage.until('one tab is left', async () => (await stage.connections('dora')) === 1);
    await first.close();
    await stage.until('dora goes', async () => (await about('dora')).length >= 2);
    stage.same(await about('dora'), ['user_online', 'user_offline'], 'once for the user');

    await tab(stage, context, 'erin', 2, ['/ws/feed']);
    process.kill(stage.nodes[2].pid, 'SIGKILL');
    await stage.until('erin goes', async () => (await about('erin')).length >= 2);
    await stage.writer('last');
    await stage.until('last comes', async () => (await about('last')).length === 1);
    stage.same(await about('erin'), ['user_online', 'user_offline'], 'once, though the node is dead');
    return { killed: stage.nodes[2].id };
  },

  async members(stage) {
    const browser = stage.own(await launch());
    const context = await browser.newContext();
    const urls = `${stage.nodes[0].url.replace('http', 'ws')}/ws`;
    const library = await stage.open(await context.newPage(), 'client.js', { user: 'mallory', urls });
    const codes = await library.evaluate(async () => {
      const code = (promise) => promise.then(() => 0, (error) => error.code);
      const chat = client.channel('messages:42');
      return [await code(chat.publish({ type: 'message', content: 'let me in' })), await code(chat.subscribed())];
    });
    stage.same(codes, [203, 203], 'neither to write nor to read');
    const page = await stage.open(await context.newPage(), 'feed.js', {
      base: stage.nodes[0].url.replace('http', 'ws'),
      token: await stage.token('mallory'),
      paths: [CHAT],
    });
    await page.waitForFunction((path) => endedWith[path], CHAT);
    stage.same(await page.evaluate((path) => endedWith[path], CHAT), 4403, 'a plain socket is closed');

    const guest = await tab(stage, context, 'guest', 1, [CHAT]);
    await say(guest, { type: 'message', content: 'may I?' });
    await hears(guest, CHAT, 'error');
    stage.same((await heardBy(guest, CHAT, 'error')).map(({ code }) => code), [203], 'who may read may not write');
    stage.same(await heardBy(guest, CHAT, 'message', 'new_message'), [], 'nothing was published');
    return { asked: 203 };
  },

  /** The plaza takes what its schema lets in, and three messages a second of a connection. */
  async spam(stage) {
    const browser = stage.own(await launch());
    const context = await browser.newContext();
    const PLAZA = '/ws/plaza/1';
    const page = await tab(stage, context, 'sam', 0, [PLAZA]);
    const sayIn = (...all) =>
      page.evaluate(([path, each]) => each.forEach((data) => sockets[path].send(JSON.stringify(data))), [PLAZA, all]);
    await sayIn({ type: 'message', content: '<script>alert(1)</script>' }, { type: 'message', content: 'x'.repeat(101) }, { type: 'message', content: 'fine' });
    await hears(page, PLAZA, 'message');
    const refused = async () => (await heardBy(page, PLAZA, 'error')).map(({ code }) => code);
    stage.same(await refused(), [207, 207], 'what is no content of a message is refused');
    stage.same((await heardBy(page, PLAZA, 'message')).map(({ content }) => content), ['fine'], 'and what is one is not');

    await sayIn(...Array(40).fill({ type: 'typing', is_typing: true }));
    await stage.until('all are answered', async () => (await refused()).length + (await heardBy(page, PLAZA, 'typing')).length >= 42);
    const floods = (await refused()).filter((code) => code === 103).length;
    stage.expect(floods > 20, 'a flood is not let through', await refused());

    const urls = `${stage.nodes[0].url.replace('http', 'ws')}/ws`;
    const library = await stage.open(await context.newPage(), 'client.js', { user: 'lib', urls, channel: 'plaza:2' });
    await library.evaluate(() => client.channel('plaza:2').subscribed());
    await library.evaluate(() => {
      const typing = client.channel('plaza:2').typing({ on: { type: 'typing', is_typing: true } });
      for (let i = 0; i < 40; i++) typing.key();
      return client.channel('plaza:2').publish({ type: 'message', content: 'typed' });
    });
    await library.waitForFunction(() => heard.at(-1)?.[1].type === 'message');
    stage.same(await library.evaluate(() => heard.map(([, { type }]) => type)), ['typing', 'message'], 'forty keys, one mark');
    return { floods };
  },

  /** The node pings every second, and each ping is answered: nothing else happens. */
  async idle(stage) {
    const USERS = 100;
    const browser = stage.own(await launch());
    const page = await (await browser.newContext()).newPage();
    await stage.open(page, 'none.js');
    const tokens = await Promise.all(Array.from({ length: USERS }, (_, i) => stage.token(`idle${i}`)));
    await page.evaluate(
      ([base, all]) =>
        Promise.all(
          all.map((token) => {
            const socket = new WebSocket(`${base}/ws/feed?token=${token}`);
            window.frames = 0;
            socket.onmessage = () => window.frames++;
            return new Promise((resolve) => (socket.onopen = resolve));
          }),
        ),
      [stage.nodes[0].url.replace('http', 'ws'), tokens],
    );
    await stage.until('all are counted', async () => (await stage.meter('carillon_connections')) >= USERS);
    const counters = async () => {
      const names = ['vertx_http_server_requests_total', 'carillon_publications_total', 'carillon_deliveries_frames_total', 'carillon_refusals_total'];
      const counts = [];
      for (const name of names) counts.push(await stage.meter(name));
      return [...counts, await page.evaluate(() => frames)];
    };
    // Users of other tests may still be announced as gone; then the next six seconds count.
    await stage.until('nothing happens for six seconds', async () => {
      const before = await counters();
      await new Promise((resolve) => setTimeout(resolve, 6000));
      const after = await counters();
      const [requests, ...rest] = after.map((count, i) => count - before[i]);
      // Reading four meters is four requests.
      return requests === 4 && rest.every((count) => count === 0);
    });
    stage.expect((await stage.meter('carillon_connections')) >= USERS, 'all are there', null);
    return { users: USERS };
  },
});
