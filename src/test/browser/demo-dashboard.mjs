// The dashboard of the demo in two browsers on two nodes: node demo-dashboard.mjs <urlA> <urlB> [screenshot folder]
import { browserOf, check, enter, looksGood, run, shows, text, until } from './demo-page.mjs';

const [urlA, urlB, folder] = process.argv.slice(2);
const PAGES = ['chat', 'network', 'simulator', 'dashboard'];

await run(async () => {
  const ines = await enter(await browserOf('ines'), urlA, 'Ines', 'dashboard');
  const raj = await enter(await browserOf('raj'), urlB, 'Raj', 'dashboard');
  let asked = 0;
  raj.on('request', () => asked++);
  await ines.fill('#alert', 'The boiler is at 96 °C');
  await ines.click('[data-testid=alert-submit]');
  await shows('an alert is shown where it was raised', ines, 'alerts', 'The boiler');
  await shows('and in another browser, by an event', raj, 'alerts', 'The boiler');
  check('nobody polled for it', asked === 0, asked);
  await looksGood(ines, 'dashboard', folder);
  await raj.click('[data-testid=alerts] button');
  await until('a resolved one is gone', ines, () => document.querySelectorAll('[data-testid=alerts] li').length === 0);

  let sockets = 0;
  ines.on('websocket', () => sockets++);
  for (let i = 0; i < 20; i++) {
    await ines.click(`nav a[href="#/${PAGES[i % PAGES.length]}"]`);
    await ines.waitForSelector(`nav a[href="#/${PAGES[i % PAGES.length]}"][aria-current=page]`);
  }
  const counts = { sessions: await text(ines, 'sessions'), visits: await text(ines, 'visits') };
  check('20 changes of the page open no connection', counts.sessions === '1' && sockets === 0, { counts, sockets });
  check('and are counted', counts.visits === '21', counts);
  return counts;
});
