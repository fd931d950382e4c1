// The same in a page of headless Chromium: node bridge-page.mjs <baseUrl> <token> <transport>
import { createRequire } from 'node:module';
import { launch } from './browser.mjs';
import { checkBridge } from './bridge-checks.mjs';

const [baseUrl, token, transport] = process.argv.slice(2);
if (!transport) {
  console.error('usage: node bridge-page.mjs <baseUrl> <token> websocket|xhr-streaming|xhr-polling|eventsource');
  process.exit(2);
}
const require = createRequire(import.meta.url);
const browser = await launch();
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
