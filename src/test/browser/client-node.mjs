// The client library in Node, while a node ends: node client-node.mjs <nodes> <tokens> <channel> SIGKILL|SIGTERM
// Nodes are [{"id","pid","url"}]. Two clients publish, six read; the node of the first reader is sent the signal halfway.
// Prints one line of JSON; exits 1 with the reason if a check failed.
import { connect } from '../../client/dist/node.js';

const [nodesJson, tokensJson, channel, signal] = process.argv.slice(2);
if (!signal) {
  console.error('usage: node client-node.mjs <nodes> <tokens> <channel> SIGKILL|SIGTERM');
  process.exit(2);
}
const nodes = JSON.parse(nodesJson);
const tokens = JSON.parse(tokensJson);
const WRITERS = 2;
const EACH = 120;
const PAUSE_MS = 10;

const counts = { reconnects: 0, moves: 0, gaps: 0 };
const clients = tokens.map((token) =>
  connect({
    url: nodes.map(({ url }) => url),
    getToken: () => token,
    outbox: { capacity: EACH },
    backoff: { minMs: 100, maxMs: 1000 },
    onReport: (report) => {
      if (report.type === 'connected' && report.moved) counts.moves++;
      if (report.type === 'state' && report.state === 'reconnecting') counts.reconnects++;
      if (report.type === 'gap') counts.gaps++;
    },
  }),
);
const [writers, readers] = [clients.slice(0, WRITERS), clients.slice(WRITERS)];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds, what) {
  for (const deadline = Date.now() + 60_000; !holds(); await pause(20)) {
    if (Date.now() > deadline) throw new Error(`never: ${what()}`);
  }
}

function expect(holds, what, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
}

async function write(writer, number) {
  const receipts = [];
  for (let i = 0; i < EACH; i++) {
    receipts.push(writer.channel(channel).publish(`${number}:${i}`));
    if (number === 0 && i === EACH / 2) {
      const victim = nodes.find(({ id }) => id === readers[0].session.node);
      process.kill(victim.pid, signal);
    }
    await pause(PAUSE_MS);
  }
  return Promise.all(receipts);
}

let outcome;
try {
  const seen = readers.map(() => []);
  readers.forEach((reader, i) => reader.channel(channel).on('message', ({ data }) => seen[i].push(data)));
  await Promise.all(readers.map((reader) => reader.channel(channel).subscribed()));
  const published = WRITERS * EACH;
  const receipts = (await Promise.all(writers.map(write))).flat();
  const offsets = receipts.map(({ position }) => position.offset).sort((a, b) => a - b);
  expect(offsets.every((offset, i) => offset === i + 1), 'each publish has an offset of its own', offsets);
  await until(
    () => seen.every((messages) => messages.length >= published),
    () => `all readers have ${published}: ${seen.map((messages) => messages.length)}`,
  );
  for (const messages of seen) {
    for (let number = 0; number < WRITERS; number++) {
      const own = messages.filter((data) => data.startsWith(`${number}:`));
      expect(own.every((data, i) => data === `${number}:${i}`), `in the order of writer ${number}`, own);
    }
  }
  expect(counts.gaps === 0, 'nobody was told of a gap', counts);
  if (signal === 'SIGTERM') await until(() => counts.moves > 0, () => 'a client moves');
  outcome = { ok: true, published, seen, ...counts };
} catch (failure) {
  outcome = { ok: false, reason: failure.message, states: clients.map(({ state }) => state.value), ...counts };
}
clients.forEach((client) => client.close());
console.log(JSON.stringify(outcome));
process.exit(outcome.ok ? 0 : 1);
