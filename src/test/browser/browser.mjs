// Headless Chromium for these scripts. CHROMIUM names it, /usr/bin/chromium if it is not set.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { chromium } from 'playwright-core';

const options = (args) => ({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // A page that no server sent counts as foreign to this machine.
    '--disable-features=LocalNetworkAccessChecks',
    ...args,
  ],
});

export const launch = (...args) => chromium.launch(options(args));

/**
 * A Chromium whose pages are hidden behind one another, frozen and kept for "back" as those of a person: Playwright
 * otherwise shows all of them as visible, and keeps none. `browser` has one context; `close` ends all of it.
 */
export async function launchLifelike(...args) {
  const port = await freePort();
  const process = await chromium.launch({
    ...options([`--remote-debugging-port=${port}`, ...args]),
    ignoreDefaultArgs: ['--disable-back-forward-cache', '--disable-backgrounding-occluded-windows'],
  });
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  return { browser, context: browser.contexts()[0], close: () => process.close() };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
