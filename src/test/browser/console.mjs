// The operator's console in Chromium, on the three nodes of a cluster:
// node console.mjs <urls> <operator's token> <token without payloads> <user's token> [screenshot folder]
// A user is found, traced, disconnected, blocked and unblocked from the console alone.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from '../../client/dist/index.js';
import { launch } from './browser.mjs';

const { WebSocket } = createRequire(new URL('../../client/package.json', import.meta.url))('ws');
const [urlsJson, operator, withoutPayloads, userToken, folder] = process.argv.slice(2);
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
  await until('messages are counted, live', () =>
    page.evaluate(() => {
      const figure = [...document.querySelectorAll('[data-testid=summary] .figure')].find((one) => one.textContent.startsWith('Connections'));
      return Number(figure?.querySelector('dd').textContent) >= 3;
    }),
  );
  await looksGood(page, 'cluster');

  // A channel.
  await goTo(page, '#/channels');
  await page.locator('[data-testid=channels] a', { hasText: 'room:help' }).waitFor();
  checks.push('a channel with traffic is listed');
  await looksGood(page, 'channels');
  await page.locator('[data-testid=channels] a', { hasText: 'room:help' }).click();
  await page.locator('[data-testid=channel]', { hasText: '#30' }).waitFor();
  checks.push('its position is shown');
  check('nothing shows what its messages carry', !(await page.textContent('main')).includes('for members only'), null);
  await doIt(page, 'Publish a test message', 'is it heard', 'Published at #31');
  await until('the user hears a test message', () => alice.heard.some((data) => data.test === true));
  await looksGood(page, 'channel');

  // A user: found, traced.
  await goTo(page, '#/users');
  await page.fill('#user', 'alice');
  await at(page, 'find').click();
  await page.locator('[data-testid=user][data-state=online]').waitFor();
  await until('the sessions of a user are shown', async () => (await at(page, 'session').count()) === 2);
  const cards = await at(page, 'session').allTextContents();
  check('with device and channel', cards.some((card) => card.includes('alice-phone') && card.includes('room:help')), cards);
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
