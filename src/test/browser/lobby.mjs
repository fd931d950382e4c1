// Two browsers that chat over the page at /, each on a node of its own: node lobby.mjs <urlA> <urlB> [screenshot folder]
// Prints one line of JSON; exits 1 if a check failed.
import { launch } from './browser.mjs';

const [urlA, urlB, folder] = process.argv.slice(2);
if (!urlB) {
  console.error('usage: node lobby.mjs <urlA> <urlB> [screenshot folder]');
  process.exit(2);
}

const browsers = [];
const faults = [];

/** A browser process of its own, logged in to the page of a node. */
async function open(url, name, look) {
  const browser = await launch();
  browsers.push(browser);
  const page = await (await browser.newContext(look)).newPage();
  page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
  page.on('console', (line) => line.type() === 'error' && faults.push(`${name}: ${line.text()}`));
  await page.goto(url);
  await page.fill('#name', name);
  await page.click('#login');
  await connected(page);
  return page;
}

const connected = (page) => page.waitForFunction(() => document.querySelector('#state').textContent.includes('connected'));

async function say(page, text) {
  await page.fill('#text', text);
  await page.click('#send');
}

const seen = (page, text) => page.waitForSelector(`#messages li[data-offset]:has-text("${text}")`);

const texts = (page) =>
  page.$$eval('#messages li[data-offset]', (items) => items.map((item) => [item.dataset.offset, item.textContent]));

function expect(holds, what, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
}

let outcome;
try {
  const ada = await open(urlA, 'Ada', { viewport: { width: 1200, height: 760 } });
  const grace = await open(urlB, 'Grace', { viewport: { width: 390, height: 760 }, colorScheme: 'dark' });
  const nodes = [await ada.textContent('#node'), await grace.textContent('#node')];
  expect(nodes[0] !== nodes[1], 'each is on a node of its own', nodes);

  await say(ada, 'Hello from the first node');
  await seen(grace, 'Hello from the first node');
  await say(grace, 'and back from the second');
  await seen(ada, 'and back from the second');

  await ada.waitForFunction(() => document.querySelector('#online').textContent.includes('Grace'));
  await grace.waitForFunction(() => document.querySelector('#online').textContent.includes('Ada'));

  for (let i = 0; i < 20; i++) await say(i % 2 ? ada : grace, `burst ${i}.`);
  for (const page of [ada, grace]) for (let i = 0; i < 20; i++) await seen(page, `burst ${i}.`);
  const [left, right] = [await texts(ada), await texts(grace)];
  expect(
    JSON.stringify(left.map(([offset]) => offset)) === JSON.stringify(right.map(([offset]) => offset)),
    'both see the same messages in the same order',
    [left, right],
  );
  expect(new Set(left.map(([offset]) => offset)).size === left.length, 'nothing is seen twice', left);

  await say(ada, '<img src=x onerror=alert(1)>');
  await grace.waitForFunction(() => document.querySelector('#messages').textContent.includes('<img src=x'));
  expect((await grace.$$('#messages img')).length === 0, 'what a user writes stays text', null);

  if (folder) {
    await ada.screenshot({ path: `${folder}/lobby-desk-light.png` });
    await grace.screenshot({ path: `${folder}/lobby-phone-dark.png` });
  }

  await grace.reload();
  await connected(grace);
  await seen(grace, 'burst 19.');
  await say(ada, 'after the reload');
  await seen(grace, 'after the reload');

  await browsers[1].close();
  await ada.waitForFunction(() => !document.querySelector('#online').textContent.includes('Grace'));
  expect(faults.length === 0, 'no page reported an error', faults);
  outcome = { ok: true, nodes, messages: left.length };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, faults };
} finally {
  for (const browser of browsers) await browser.close();
}
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
