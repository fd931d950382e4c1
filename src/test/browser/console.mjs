// The operator's console in Chromium, on the three nodes of a cluster:
// node console.mjs <urls> <operator's token> <token without payloads> <alice's token> <bob's token> [screenshot folder]
// All that it shows is looked at, and a user is found, traced, disconnected, blocked and unblocked from the console alone.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from '../../client/dist/index.js';
import { launch } from './browser.mjs';

const { WebSocket } = createRequire(new URL('../../client/package.json', import.meta.url))('ws');
const [urlsJson, operator, withoutPayloads, userToken, bobsToken, folder] = process.argv.slice(2);
const urls = JSON.parse(urlsJson);
const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const PATIENCE_MS = 30_000;
const checks = [];
const faults = [];
const clients = [];

function check(what, holds, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
  checks.push(what);
}

async function until(what, holds) {
  let found;
  for (const deadline = Date.now() + PATIENCE_MS; !(found = await holds()); ) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  checks.push(what);
  return found;
}

/** A user's own application, on the node of that number. */
function application(name, token, node) {
  const states = [];
  const heard = [];
  const client = connect({
    url: `${urls[node].replace('http', 'ws')}/ws`,
    client: { name, version: '1' },
    getToken: () => token,
    webSocket: WebSocket,
    backoff: { minMs: 100, maxMs: 500 },
  });
  client.state.subscribe((state) => states.push(state));
  clients.push(client);
  client.channel('room:help').on('message', ({ data }) => heard.push(data));
  return { client, states, heard, connected: () => client.state.value === 'connected' };
}

const at = (page, name) => page.locator(`[data-testid=${name}]`);
const goTo = (page, hash) => page.evaluate((to) => void (location.hash = to), hash);

/** What a figure shows, by its label. */
const figure = (page, label) =>
  page.evaluate((wanted) => {
    const one = [...document.querySelectorAll('.figure')].find((each) => each.querySelector('dt').textContent === wanted);
    return one?.querySelector('dd').textContent ?? '';
  }, label);

/** What the legend of a chart shows for one of its curves: the newest that is known. */
const curve = (page, title, label) =>
  page.evaluate(
    ([chart, wanted]) => {
      const one = [...document.querySelectorAll('.chart')].find((each) => each.querySelector('strong')?.textContent === chart);
      const line = [...(one?.querySelectorAll('li') ?? [])].find((each) => each.textContent.startsWith(`${wanted} `));
      return line?.querySelector('b').textContent ?? '';
    },
    [title, label],
  );

const isSome = (shown) => !['', '–', '0', '0 B'].includes(shown);

/** Each close code of the table with how many there were. */
const closes = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('.codes tr')].map((row) => [row.cells[0].textContent, Number(row.cells[2]?.textContent)]),
    ),
  );

/** As a server of the application does. */
async function call(path, body) {
  const answer = await fetch(`${urls[0]}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${operator}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}

/** A client that has subscribed to a channel and takes nothing any more. */
async function stalled(token, node, channel) {
  const socket = new WebSocket(`${urls[node].replace('http', 'ws')}/ws`, 'carillon.v1.json');
  await new Promise((opened, failed) => socket.on('open', opened).on('error', failed));
  socket.on('error', () => {});
  const subscribed = new Promise((heard) => socket.on('message', (data) => String(data).includes('auth_success') && heard()));
  socket.send(JSON.stringify({ type: 'auth', id: 1, token, subscribe: [{ channel }] }));
  await subscribed;
  socket.pause();
  return socket;
}

async function meter(node, name) {
  const text = await (await fetch(`${urls[node]}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

const loud = () => call('publish', { channel: 'room:loud', data: { padding: 'x'.repeat(30_000) } });

/** Presses a button and confirms what is asked. */
async function doIt(page, button, reason, told) {
  await page.getByRole('button', { name: button, exact: true }).first().click();
  await at(page, 'confirm').waitFor();
  await page.fill('dialog [name=reason]', reason);
  await at(page, 'do-it').click();
  await at(page, 'confirm').waitFor({ state: 'detached' });
  await page.locator('[data-testid=told]', { hasText: told }).waitFor();
  checks.push(`${button}: ${told}`);
}

async function looksGood(page, name) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      if (folder) await page.screenshot({ path: `${folder}/console-${name}-${size}-${colorScheme}.png`, fullPage: size === 'phone' });
      if ((size === 'desk') === (colorScheme === 'dark')) continue;
      const { violations } = await page.evaluate(() => axe.run());
      const found = violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, any }) => [html.slice(0, 150), any[0]?.message])]);
      check(`${name} is accessible on a ${size} in the ${colorScheme}`, found.length === 0, found);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`${name} fits on a ${size}`, wide <= 0, wide);
    }
  }
  await page.setViewportSize(SIZES.desk);
}

async function openConsole(browser, url, token) {
  const context = await browser.newContext({ viewport: SIZES.desk });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  await page.addInitScript(axe);
  await page.goto(`${url}/console`);
  if (token === undefined) return page;
  await page.fill('[data-testid=token]', token);
  await at(page, 'login').click();
  await page.locator('[data-testid=state][data-state=connected]').waitFor();
  return page;
}

async function play(browser) {
  const page = await openConsole(browser, urls[0]);
  await looksGood(page, 'login');
  await page.fill('[data-testid=token]', userToken);
  await at(page, 'login').click();
  await page.locator('[role=alert]', { hasText: 'carillon:api' }).waitFor();
  checks.push('the token of a user opens nothing');
  await page.fill('[data-testid=token]', operator);
  await at(page, 'login').click();
  await page.locator('[data-testid=state][data-state=connected]').waitFor();
  checks.push('that of an operator does');

  // The cluster.
  await until('all nodes are shown', async () => (await at(page, 'node').count()) === 3);
  await until('with their health', async () => (await page.locator('[data-health=ready]').count()) === 3);
  await page.locator('[data-testid=ready]', { hasText: '3 of 3' }).waitFor();
  const alice = application('alice-phone', userToken, 1);
  const laptop = application('alice-laptop', userToken, 2);
  await until('a user is on two nodes', () => alice.connected() && laptop.connected());
  for (let i = 0; i < 30; i++) await alice.client.channel('room:help').publish({ text: `message ${i}`, secret: 'for members only' });
  await until('connections are counted, live', async () => Number(await figure(page, 'Connections')) >= 3);
  const cards = await at(page, 'node').allTextContents();
  check('each node with its version and uptime', cards.every((card) => / · \S.* · up \d+ (s|min)/.test(card)), cards);
  check('its load', cards.every((card) => /Connections\d+/.test(card) && /CPU\d+%/.test(card) && /Heap[\d.]+ [MG]iB/.test(card)), cards);
  check('and whether its partitions are safe', cards.every((card) => /partitions safe|copies missing/.test(card)), cards);
  alice.client.channel('room:noise').on('message', () => {});
  await until('messages in and out are counted per second, live', async () => {
    await alice.client.channel('room:noise').publish({ text: 'noise' });
    const shown = [figure(page, 'In per second'), figure(page, 'Out per second')];
    shown.push(curve(page, 'Messages per second', 'in'), curve(page, 'Messages per second', 'out'));
    return (await Promise.all(shown)).every(isSome);
  });
  await until('with their percentiles of latency', async () => {
    const shown = ['p50', 'p95', 'p99', 'ack p99'].map((label) => curve(page, 'Publish to socket, worst node', label));
    return (await Promise.all(shown)).every((text) => / m?s$/.test(text));
  });
  await until('connections are drawn over time', async () => isSome(await curve(page, 'Connections', 'open')));
  const sloth = await stalled(bobsToken, 2, 'room:loud');
  // No more than that: with a little more it would be closed.
  await until('a socket takes nothing any more', async () => (await meter(2, 'carillon_backlog_sockets')) >= 1 || (await loud()));
  await until('a slow consumer and what waits for it are shown', async () => {
    const shown = [figure(page, 'Stalled sockets'), curve(page, 'Slow consumers', 'stalled'), curve(page, 'Queues', 'slow sockets')];
    return (await Promise.all(shown)).every(isSome);
  });
  await looksGood(page, 'cluster');
  await until('and that it was closed, with its code', async () => {
    await loud();
    return (await closes(page))['4004'] >= 1;
  });
  sloth.terminate();

  // A channel.
  await goTo(page, '#/channels');
  // Those in which nothing happens drop out of the list by rate; two go on, one of them twice as fast.
  const traffic = async () => {
    for (const room of ['room:noise', 'room:noise', 'room:loud']) await call('publish', { channel: room, data: { text: 'noise' } });
  };
  await until('a channel with traffic is listed', async () => {
    await traffic();
    return (await page.locator('[data-testid=channels] a', { hasText: 'room:noise' }).count()) === 1;
  });
  for (const [column, cell, least] of [
    ['In/s', 2, 2],
    ['Subscribers', 3, 3],
    ['Kept', 5, 3],
  ]) {
    await page.locator('[data-testid=channels] th', { hasText: column }).getByRole('button').click();
    await until(`channels are sorted by ${column}, the most first`, async () => {
      await traffic();
      const shown = await page.locator(`[data-testid=channels] td:nth-child(${cell})`).allTextContents();
      const many = shown.map((text) => (text === '–' ? 0 : Number(text)));
      return many.length >= least && many[0] > many.at(-1) && many.every((value, i) => i === 0 || value <= many[i - 1]);
    });
  }
  await looksGood(page, 'channels');
  await page.locator('[data-testid=channels] a', { hasText: 'room:help' }).click();
  await page.locator('[data-testid=channel]', { hasText: '#30' }).waitFor();
  checks.push('its position is shown');
  check('nothing shows what its messages carry', !(await page.textContent('main')).includes('for members only'), null);
  await doIt(page, 'Publish a test message', 'is it heard', 'Published at #31');
  await until('the user hears a test message', () => alice.heard.some((data) => data.test === true));
  await page.locator('[aria-label=Members] tr', { hasText: 'alice' }).first().waitFor();
  checks.push('its members are shown');
  await page.getByRole('button', { name: 'Read again' }).click();
  await page.locator('[aria-label=History] li', { hasText: '#31' }).waitFor();
  check('its history too, by size', (await page.textContent('[aria-label=History]')).match(/#\d+ [\d: -]+ \S.*? \d+ B/) !== null, await page.textContent('[aria-label=History]'));
  await at(page, 'trace-switch').click();
  await until('every node traces the channel', async () => (await page.locator('[data-testid=lines] li', { hasText: 'tracing' }).count()) === 3);
  await until('its rate is shown, live', async () => {
    await alice.client.channel('room:help').publish({ text: 'again', secret: 'for members only' });
    return isSome(await figure(page, 'In per second'));
  });
  await page.locator('[data-testid=lines] li', { hasText: 'published' }).first().waitFor();
  checks.push('what happens on a channel is traced');
  check('without what was published', !(await page.textContent('main')).includes('for members only'), null);
  await looksGood(page, 'channel');

  // A user: found, traced.
  await goTo(page, '#/users');
  await page.fill('#user', 'alice');
  await at(page, 'find').click();
  await page.locator('[data-testid=user][data-state=online]').waitFor();
  await until('the sessions of a user are shown', async () => (await at(page, 'session').count()) === 2);
  const sessions = await at(page, 'session').allTextContents();
  check('with device and channel', sessions.some((card) => card.includes('alice-phone') && card.includes('room:help')), sessions);
  check('node, last sign of life, and the end of the token', sessions.every((card) => /Node\S+/.test(card) && /Last heard(now|\d+ s ago)/.test(card) && /Token expiresin \d+ (min|h)/.test(card)), sessions);
  await at(page, 'trace-switch').click();
  await page.locator('[data-testid=lines] li', { hasText: 'tracing' }).first().waitFor();
  await until('every node traces', async () => (await page.locator('[data-testid=lines] li', { hasText: 'tracing' }).count()) === 3);
  await alice.client.channel('room:help').publish({ text: 'while traced', secret: 'for members only' });
  await page.locator('[data-testid=lines] li.in', { hasText: 'publish' }).first().waitFor();
  await page.locator('[data-testid=lines] li.out', { hasText: 'message' }).first().waitFor();
  checks.push('what is said and told is traced');
  await page.locator('[data-testid=lines] li.in button').first().click();
  check('without what it carries', !(await page.textContent('main')).includes('for members only'), null);
  await at(page, 'payloads').check();
  await until('payloads are traced', async () => {
    await alice.client.channel('room:help').publish({ text: 'while traced', secret: 'for members only' });
    const line = page.locator('[data-testid=lines] li.in', { hasText: 'publish' }).first();
    if ((await line.locator('button').getAttribute('aria-expanded')) === 'false') await line.locator('button').click();
    return (await page.textContent('[data-testid=lines]')).includes('for members only');
  });
  await looksGood(page, 'user');

  // Disconnected: asked before, and both come back.
  const before = [alice, laptop].map(({ client }) => client.session.sessionId);
  await at(page, 'disconnect').click();
  await at(page, 'confirm').waitFor();
  await looksGood(page, 'confirm');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await at(page, 'confirm').waitFor({ state: 'detached' });
  check('nothing happens unless it is confirmed', alice.connected() && laptop.connected(), null);
  await doIt(page, 'Disconnect', 'stuck: ticket 7', '2 connections closed');
  await until('a disconnected user comes back', () =>
    [alice, laptop].every(({ client, connected }, i) => connected() && client.session.sessionId !== before[i]),
  );
  await page.locator('[data-testid=lines] li', { hasText: 'closed' }).first().waitFor();
  checks.push('which the trace shows');

  // Blocked, and let in again.
  await doIt(page, 'Block', 'abuse: ticket 8', 'alice is blocked');
  await page.locator('[data-testid=user][data-state=blocked]').waitFor();
  await until('a blocked user is out and stays out', () => [alice, laptop].every(({ client }) => client.state.value === 'error'));
  const other = application('alice-tablet', userToken, 0);
  await until('on every node, whatever the client', () => other.client.state.value === 'error');
  await looksGood(page, 'blocked');
  await doIt(page, 'Unblock', 'settled: ticket 8', 'alice is let in again');
  for (const { client } of [alice, laptop]) client.connect();
  await until('an unblocked user is in again', () => alice.connected() && laptop.connected());
  await page.locator('[data-testid=user][data-state=online]').waitFor();
  checks.push('and shown so');

  // What became of them all, over time.
  await goTo(page, '#/cluster');
  await until('closes are counted by their code', async () => {
    const seen = await closes(page);
    return seen['4010'] >= 2 && seen['4401'] >= 2;
  });
  await until('reconnects are counted per second', async () => {
    if (alice.connected()) await call('users/alice/disconnect', { code: 4010 });
    const shown = [curve(page, 'Logins per second', 'all'), curve(page, 'Logins per second', 'returns')];
    return (await Promise.all(shown)).every(isSome);
  });
  await until('who was told to come back is back', () => alice.connected() && laptop.connected());

  // Taken off a channel; tokens taken back, one and all.
  await goTo(page, '#/user/alice');
  await page.locator('[data-testid=user][data-state=online]').waitFor();
  await doIt(page, 'Unsubscribe', 'ticket 9', '2 connections taken off room:help');
  await until('an unsubscribed user is off the channel', async () => {
    const now = await at(page, 'session').allTextContents();
    return now.length === 2 && now.every((card) => !card.includes('room:help'));
  });
  await doIt(page, 'Revoke its token', 'lost phone', 'The token is revoked');
  await until('whoever had that token is out', () => [alice, laptop].every(({ client }) => client.state.value === 'error'));
  const bob = application('bob-tablet', bobsToken, 2);
  await until('whose is another is in', () => bob.connected());
  await goTo(page, '#/user/bob');
  await page.locator('[data-testid=user][data-state=online]').waitFor();
  await doIt(page, 'Revoke tokens', 'leak: ticket 10', 'The tokens of bob are revoked');
  await until('and out when all of a user are revoked', () => bob.client.state.value === 'error');

  // Without the scope for payloads they stay hidden.
  const masked = await openConsole(browser, urls[2], withoutPayloads);
  await goTo(masked, '#/user/alice');
  await masked.locator('[data-testid=payloads]:disabled').waitFor();
  checks.push('payloads take a scope');

  // A node is sent away, and what was on it goes elsewhere.
  await goTo(page, '#/cluster');
  // Not the one that the console is on.
  const leaving = page.locator('[data-testid=node]', { hasText: new URL(urls[1]).host });
  const id = await leaving.getAttribute('data-id');
  await goTo(page, `#/node/${id}`);
  await doIt(page, 'Drain', 'maintenance', 'The node drains');
  await page.locator(`[data-testid=node][data-id="${id}"][data-health=draining]`).waitFor();
  checks.push('a node that drains is shown as such');
  await looksGood(page, 'node');

  await at(page, 'logout').click();
  await at(page, 'token').waitFor();
  check('after the end nothing is left', (await page.evaluate(() => sessionStorage.length)) === 0, null);
}

let outcome;
const browser = await launch();
try {
  await play(browser);
  check('no page reported an error', faults.length === 0, faults);
  outcome = { ok: true, checks };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, faults, checks };
} finally {
  clients.forEach((client) => client.close());
  await browser.close();
}
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
