// The chat of the demo in two browsers, each on a node of its own: node demo-chat.mjs <urlA> <urlB> [screenshot folder]
import { browserOf, check, connected, enter, looksGood, run, shows, text, until } from './demo-page.mjs';

const [urlA, urlB, folder] = process.argv.slice(2);

const say = async (page, words) => {
  await page.fill('#text', words);
  await page.click('[data-testid=text-submit]');
};

const lines = (page) =>
  page.$$eval('[data-testid=messages] li[data-offset]', (all) =>
    all.map((line) => [line.dataset.offset, line.querySelector('.said').textContent]),
  );

const open = async (page, name, members = '') => {
  await page.fill('#thread', name);
  await page.fill('#members', members);
  await page.click('[data-testid=open-thread]');
};

const live = (page) => page.waitForSelector('[data-testid=thread][data-live=true]');

await run(async () => {
  const ada = await enter(await browserOf('ada'), urlA, 'Ada', 'chat');
  const graces = await browserOf('grace');
  const grace = await enter(graces, urlB, 'Grace', 'chat');
  const nodes = [await text(ada, 'node'), await text(grace, 'node')];
  check('each is on a node of its own', nodes[0] !== nodes[1], nodes);
  await until('each sees the round trip', ada, () => Number(document.querySelector('[data-testid=round-trip]').textContent) > 0);
  await Promise.all([live(ada), live(grace)]);

  await say(ada, 'Hello from the first node');
  await shows('a message appears on the other node', grace, 'messages', 'Hello from the first node');
  await until('it is acknowledged', ada, () => document.querySelector('[data-testid=messages] .mine[data-offset]'));
  await say(grace, 'and back from the second');
  await shows('and one back', ada, 'messages', 'and back from the second');
  const correlation = await text(ada, 'correlation');
  await until(
    'the correlation id travels',
    grace,
    (id) => document.querySelector(`[data-testid=messages] small[title$="${id}"]`),
    correlation,
  );

  await ada.fill('#text', 'I am about to');
  await shows('writing is told', grace, 'typing', 'ada is writing');
  await ada.fill('#text', '');
  await until('and its end', grace, () => document.querySelector('[data-testid=typing]').textContent === '');

  for (let i = 0; i < 20; i++) await say(i % 2 ? ada : grace, `burst ${i}.`);
  for (const page of [ada, grace]) for (const i of [18, 19]) await shows('a burst comes', page, 'messages', `burst ${i}.`);
  await until('and is acknowledged', ada, () => !document.querySelector('[data-state=pending], [data-state=acknowledged]'));
  await until('on both sides', grace, () => !document.querySelector('[data-state=pending], [data-state=acknowledged]'));
  const [left, right] = [await lines(ada), await lines(grace)];
  check('both see the same, in the same order', JSON.stringify(left) === JSON.stringify(right), [left, right]);
  check('once', left.length === 22 && new Set(left.map(([offset]) => offset)).size === 22, left);

  await say(ada, '<img src=x onerror=alert(1)>');
  await shows('what a user writes stays text', grace, 'messages', '<img src=x');
  check('and makes no picture', (await grace.$$('[data-testid=messages] img')).length === 0, null);

  await graces.setOffline(true);
  await grace.waitForSelector('header [data-testid=state]:not([data-state=connected])');
  await say(grace, 'written in a tunnel');
  await until('what is written offline waits', grace, () => document.querySelector('[data-state=pending]'));
  await graces.setOffline(false);
  await shows('and goes out when there is a network', ada, 'messages', 'written in a tunnel');
  await connected(grace);

  await grace.reload();
  await connected(grace);
  await shows('after a reload the thread is there', grace, 'messages', 'written in a tunnel');

  await open(ada, 'plans', 'Grace');
  await shows('an invitation arrives', grace, 'threads', 'plans');
  await live(ada);
  await grace.click('text=plans');
  await live(grace);
  await say(ada, 'only for the two of us');
  await shows('members read it', grace, 'messages', 'only for the two of us');
  const eve = await enter(await browserOf('eve'), urlB, 'Eve', 'chat');
  await open(eve, 'plans');
  await shows('another is refused by the application', eve, 'refused', '203');
  check('and reads nothing', !(await text(eve, 'messages')).includes('only for'), null);

  await ada.click('text=lobby');
  await live(ada);
  await looksGood(ada, 'chat', folder);
  return { nodes };
});
