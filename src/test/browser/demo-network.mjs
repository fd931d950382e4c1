// The network page of the demo, two tabs of one user and another one: node demo-network.mjs <urlA> <urlB> [screenshot folder]
import { browserOf, check, enter, looksGood, run, shows, text, until } from './demo-page.mjs';

const [urlA, urlB, folder] = process.argv.slice(2);

await run(async () => {
  const context = await browserOf('lin');
  const lin = await enter(context, urlA, 'Lin', 'network');
  const tab = await enter(context, urlA, 'Lin', 'network');
  const omar = await enter(await browserOf('omar'), urlB, 'Omar', 'network');
  const sessions = [await text(lin, 'session'), await text(tab, 'session')];
  check('two tabs have one session', sessions[0] === sessions[1] && sessions[0].length > 8, sessions);
  const states = await lin.$$eval('[data-testid=states] li', (all) => all.map(({ dataset }) => dataset.state));
  check('the states are told in order', states.at(-1) === 'connected' && states[0] !== 'connected', states);
  await until('the quality is known', lin, () => /^\d/.test(document.querySelector('[data-testid=rtt]').textContent));

  await shows('people are seen', lin, 'network', 'omar');
  await lin.click('[data-user=omar] button');
  await omar.click('[data-user=lin] button:has-text("Accept")');
  for (const page of [lin, tab, omar])
    await until('all tabs hear of a new connection', page, () => document.querySelector('[data-testid=network] .good'));
  await looksGood(lin, 'network', folder);

  await lin.close();
  await tab.click('button:text-is("Disconnect")');
  await until('a tab can be disconnected', tab, () => document.querySelector('header [data-state=disconnected]'));
  await tab.click('button:text-is("Connect")');
  await until('and connected again', tab, () => document.querySelector('header [data-state=connected]'));
});
