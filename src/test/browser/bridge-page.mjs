// The same in a page of headless Chromium: node bridge-page.mjs <baseUrl> <token> <transport>
// CHROMIUM names the browser, /usr/bin/chromium if it is not set.
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { checkBridge } from './bridge-checks.mjs';

const [baseUrl, token, transport] = process.argv.slice(2);
if (!transport) {
  console.error('usage: node bridge-page.mjs <baseUrl> <token> websocket|xhr-streaming|xhr-polling|eventsource');
  process.exit(2);
}
const require = createRequire(import.meta.url);
const browser = await chromium.launch({
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
  ],
});
let outcome;
try {
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/eventbus/`);
  await page.addScriptTag({ path: require.resolve('sockjs-client/dist/sockjs.min.js') });
  await page.addScriptTag({ path: require.resolve('@vertx/eventbus-bridge-client.js') });
  const result = await page.evaluate(`(${checkBridge})(EventBus, ${JSON.stringify({
    url: `${baseUrl}/eventbus`,
    token,
    transport,
  })})`);
  outcome = { ok: true, browser: browser.version(), ...result };
} catch (failure) {
  outcome = { ok: false, transport, reason: failure.message };
} finally {
  await browser.close();
}
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
