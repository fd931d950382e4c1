// What the scripts of whole applications share: node SCRIPT <scenario> <given>
// Given is {"nodes":[{"id","pid","url"}],"apiKey","calls"}: nodes of one cluster, and where the test answers; and what the test
// gives besides.
import { once } from 'node:events';
import { bundle, requireOfClient } from './bundle.mjs';

/** Generous: only a broken build waits this long. */
const PATIENCE_MS = 30_000;
const apps = new URL('./apps/', import.meta.url);

/** Plays the scenario that was asked for, prints one line of JSON, and exits 1 if a check failed. */
export async function play(scenarios) {
  const [name, given] = process.argv.slice(2);
  if (scenarios[name] === undefined || given === undefined) {
    console.error(`usage: node SCRIPT ${Object.keys(scenarios).join('|')} <given>`);
    process.exit(2);
  }
  const stage = new Stage(JSON.parse(given));
  let outcome;
  try {
    outcome = { ok: true, ...(await scenarios[name](stage)) };
    stage.expect(stage.faults.length === 0, 'no page reported an error', stage.faults);
  } catch (failure) {
    outcome = { ok: false, reason: failure.message, faults: stage.faults };
  }
  await stage.close();
  console.log(JSON.stringify(outcome));
  process.exit(outcome.ok ? 0 : 1);
}

/** Nodes, pages of an application, and checks. */
class Stage {
  faults = [];
  #closers = [];

  constructor({ nodes, apiKey, calls, ...given }) {
    this.nodes = nodes;
    this.apiKey = apiKey;
    this.calls = calls;
    this.given = given;
  }

  /** Ends what is given when the scenario is over. */
  own(thing) {
    this.#closers.push(() => thing.close());
    return thing;
  }

  async close() {
    for (const close of this.#closers.splice(0).reverse()) await close().catch(() => {});
  }

  expect(holds, what, found) {
    if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
  }

  same(found, expected, what) {
    this.expect(JSON.stringify(found) === JSON.stringify(expected), `${what}, expected ${JSON.stringify(expected)}`, found);
  }

  /** Looks again until it holds, within a bound that only a broken build reaches. */
  async until(what, holds) {
    let found;
    for (const deadline = Date.now() + PATIENCE_MS; !(found = await holds()); ) {
      this.expect(Date.now() < deadline, what, found);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return found;
  }

  async post(url, body, headers = {}) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  api(path, body = {}, node = 0) {
    return this.post(`${this.nodes[node].url}/api/${path}`, body, { 'x-api-key': this.apiKey });
  }

  /** Asks the test for something that only it can do. */
  ask(what, body = {}) {
    return this.post(`${this.calls}/${what}`, body);
  }

  async token(userId, node = 0) {
    return (await this.post(`${this.nodes[node].url}/dev/login`, { user_id: userId })).token;
  }

  /** Connections of a user, as the cluster counts them. */
  async connections(userId, node = 0) {
    return (await this.api(`users/${userId}`, {}, node)).sessions.length;
  }

  /** The sum of a meter of one node over all its labels. */
  async meter(name, node = 0) {
    const lines = (await (await fetch(`${this.nodes[node].url}/metrics`)).text()).split('\n');
    return lines
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /**
   * Opens a page of an application from `apps/`, which needs no server of its own: it seems to come from the first node,
   * online or not. `window.given` is what the application is told; with `production` React is not that of development.
   */
  async open(page, app, given = {}, node = 0) {
    const home = `${this.nodes[node].url}/app/`;
    const entryPoints = [new URL(app, apps).pathname];
    const script = await bundle({ entryPoints }, given.production ? 'production' : 'development');
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (line) => {
      // That a node could not be reached is the browser's to say.
      if (['error', 'warning'].includes(line.type()) && !/net::ERR_|Unexpected response code: 503/.test(line.text())) {
        this.faults.push(line.text());
      }
    });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.route(`${home}**`, (route) => {
      const url = route.request().url();
      const html = `<!doctype html><meta charset="utf-8"><title>${app}</title><link rel="icon" href="data:,"><div id="root"></div>
        <script>window.given = ${JSON.stringify({ home, ...given }).replaceAll('<', '\\u003c')}</script>
        <script type="module" src="${home}app.js"></script>`;
      return route.fulfill(
        url === `${home}app.js` ? { contentType: 'text/javascript', body: script } : { contentType: 'text/html', body: html },
      );
    });
    await page.goto(home);
    return page;
  }

  /** A connection from Node that may publish and answers pings. */
  async writer(userId) {
    const { WebSocket } = requireOfClient('ws');
    const socket = new WebSocket(`${this.nodes[0].url.replace('http', 'ws')}/ws`);
    this.own({ close: async () => socket.terminate() });
    await once(socket, 'open');
    socket.on('message', (text) => {
      if (JSON.parse(text).type === 'ping') socket.send('{"type":"pong"}');
    });
    socket.send(JSON.stringify({ type: 'auth', token: await this.token(userId) }));
    return { publish: (channel, data) => socket.send(JSON.stringify({ type: 'publish', channel, data })) };
  }
}
