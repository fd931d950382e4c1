// The feed of the demo, two users and three tabs on two nodes: node demo-feed.mjs <urlA> <urlB> [screenshot folder]
import { browserOf, check, enter, looksGood, run, shows, until } from './demo-page.mjs';

const [urlA, urlB, folder] = process.argv.slice(2);

const write = async (page, id, words) => {
  await page.fill(id, words);
  await page.press(id, 'Enter');
};

const allOpen = (page) => until('five sockets are open', page, () => document.querySelector('[data-testid=sockets]').textContent === '5');

await run(async () => {
  const context = await browserOf('mia');
  const urls = [];
  context.on('page', (page) => page.on('websocket', (socket) => urls.push(new URL(socket.url()).pathname)));
  const mia = await enter(context, urlA, 'Mia', 'feed');
  const second = await enter(context, urlA, 'Mia', 'feed');
  const noah = await enter(await browserOf('noah'), urlB, 'Noah', 'feed');
  for (const page of [mia, second, noah]) await allOpen(page);
  for (const path of ['/ws/feed', '/ws/cafe', '/ws/online', '/ws/notifications', '/ws/connections/mia'])
    check(`${path} is a socket of its own`, urls.includes(path), urls);

  await write(mia, '#post', 'A post from the first node');
  await shows('a post reaches everybody', noah, 'posts', 'A post from the first node');
  await shows('in each tab', second, 'posts', 'A post from the first node');
  await write(noah, '[id^=comment-]', 'a comment from the second');
  await shows('and so does a comment', mia, 'posts', 'a comment from the second');

  await mia.click('[data-user=noah] button');
  await shows('who is asked is notified', noah, 'notifications', 'mia would like to connect');
  check('and nobody else', !(await second.textContent('[data-testid=notifications]')).includes('would like'), null);
  await noah.click('[data-user=mia] button:has-text("Accept")');
  for (const page of [mia, second, noah])
    await until('both are connected', page, () => [...document.querySelectorAll('[data-testid=people] .good')].length === 1);
  await shows('who asked hears of it', mia, 'notifications', 'noah is now connected with you');

  await noah.type('#cafe', 'hm');
  await shows('writing is told', mia, 'cafe-typing', 'noah is writing');
  await write(noah, '#cafe', 'coffee?');
  await shows('a message comes with its sender', mia, 'cafe', 'noah coffee?');
  await looksGood(mia, 'feed', folder);

  await second.close();
  const offline = ([id, state]) => document.querySelector(`[data-user=${id}]`)?.dataset.online === state;
  await noah.reload();
  await allOpen(noah);
  await until('a user with another tab is still online', noah, offline, ['mia', 'true']);
  await context.close();
  await until('a user whose last tab is closed goes offline', noah, offline, ['mia', 'false']);
});
