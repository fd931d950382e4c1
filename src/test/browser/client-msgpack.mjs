// The client library in both wire forms on one channel, against real nodes: node client-msgpack.mjs <baseUrl> <otherUrl>
// Prints one line of JSON; exits 1 if a check failed.
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { connect } from '../../client/dist/index.js';
import { msgpackCodec } from '../../client/dist/msgpack.js';

const { WebSocket } = createRequire(new URL('../../client/package.json', import.meta.url))('ws');
const [baseUrl, otherUrl] = process.argv.slice(2);
if (!otherUrl) {
  console.error('usage: node client-msgpack.mjs <baseUrl> <otherUrl>');
  process.exit(2);
}
const CHANNEL = `feed:forms-${process.pid}`;
const VALUES = [
  { text: 'a "b" \n \u0000 é 😀', list: [1, -1, 2 ** 40, -(2 ** 40), 0.1, 1e300, true, null, {}] },
  'text',
  null,
  Uint8Array.of(0, 10, 255),
  ['x'.repeat(30_000)],
  Uint8Array.from({ length: 30_000 }, (_, i) => i),
];

const login = (base, userId) => async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${base}/dev/login`, { method: 'POST', headers, body: JSON.stringify({ user_id: userId }) });
  return (await answer.json()).token;
};

const clientOf = (base, userId, codec) =>
  connect({ url: `${base}/ws`, getToken: login(base, userId), webSocket: WebSocket, ...(codec ? { codec } : {}) });

// What comes is compared as values: a Buffer of Node is bytes as well.
const plain = (message) => ({
  data: message.data instanceof Uint8Array ? { bytes: [...message.data] } : message.data,
  meta: message.meta,
  userId: message.userId,
  offset: message.position?.offset,
});

async function until(holds, what) {
  for (const deadline = Date.now() + 30_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > deadline) throw new Error(`never: ${what()}`);
  }
}

function expect(holds, what, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
}

const packed = clientOf(baseUrl, 'paul', msgpackCodec);
const text = clientOf(otherUrl, 'tina');
let outcome;
try {
  const seen = { packed: [], text: [] };
  packed.channel(CHANNEL).on('message', (message) => seen.packed.push(plain(message)));
  text.channel(CHANNEL).on('message', (message) => seen.text.push(plain(message)));
  await Promise.all([packed, text].map((client) => client.channel(CHANNEL).subscribed()));
  for (const writer of [packed, text]) {
    for (const value of VALUES) {
      await writer.channel(CHANNEL).publish(value, value instanceof Uint8Array ? { meta: { n: [1] } } : {});
    }
  }
  const count = 2 * VALUES.length;
  await until(() => seen.packed.length === count && seen.text.length === count, () => JSON.stringify(seen).slice(0, 900));
  expect(isDeepStrictEqual(seen.packed, seen.text), 'both see the same', seen);
  const sent = [...VALUES, ...VALUES].map((data) => (data instanceof Uint8Array ? { bytes: [...data] } : data));
  expect(isDeepStrictEqual(seen.packed.map(({ data }) => data), sent), 'what was published', seen.packed);

  packed.close();
  await text.channel(CHANNEL).publish(Uint8Array.of(7), { meta: 'missed' });
  await text.channel(CHANNEL).publish('missed, too');
  packed.connect();
  await until(() => seen.packed.length === count + 2, () => `recovered: ${JSON.stringify(seen.packed.slice(count))}`);
  expect(isDeepStrictEqual(seen.packed, seen.text), 'what was missed is the same', seen.packed.slice(count));
  const pages = await Promise.all([packed, text].map((client) => client.channel(CHANNEL).history({ limit: 20 })));
  expect(isDeepStrictEqual(...pages.map(({ messages }) => messages.map(plain))), 'history is the same', pages);
  expect(isDeepStrictEqual(await packed.request('demo.echo', { a: [1.5, 'ü'] }), { a: [1.5, 'ü'] }), 'a request', null);
  const refused = await packed.channel('feed').publish(1, { key: 'k'.repeat(200) }).catch((error) => error.code);
  expect(refused === 200, 'a refusal has its code', refused);
  outcome = { ok: true, messages: seen.packed.length };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, states: [packed, text].map(({ state }) => state.value) };
}
packed.close();
text.close();
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
