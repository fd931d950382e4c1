// The published npm packages, unmodified, in Node: node bridge-client.mjs <baseUrl> <token> <transport>
// Prints one line of JSON; exits 1 with the reason if a check failed.
import { createRequire } from 'node:module';
import { checkBridge } from './bridge-checks.mjs';

const [baseUrl, token, transport] = process.argv.slice(2);
if (!transport) {
  console.error('usage: node bridge-client.mjs <baseUrl> <token> websocket|xhr-streaming|xhr-polling|eventsource');
  process.exit(2);
}
const EventBus = createRequire(import.meta.url)('@vertx/eventbus-bridge-client.js');

checkBridge(EventBus, { url: `${baseUrl}/eventbus`, token, transport }).then(
  (result) => {
    console.log(JSON.stringify({ ok: true, ...result }));
    process.exit(0);
  },
  (failure) => {
    console.log(JSON.stringify({ ok: false, transport, reason: failure.message }));
    process.exit(1);
  },
);
