/**
 * What the published bridge client must be able to do. Self-contained, because it runs in Node and, as text, in a page.
 *
 * The node needs a channel `lobby` that any user may use, and a permitted address `demo.echo` whose verticle replies
 * with the body it gets, or fails as `{"fail":{"code":…,"message":…}}` says.
 *
 * @param EventBus the class of `@vertx/eventbus-bridge-client.js`
 * @param {{url: string, token: string, transport: string}} where
 * @returns {Promise<{transport: string, checks: string[]}>} what was checked; rejects with what was wrong
 */
export async function checkBridge(EventBus, { url, token, transport }) {
  const checks = [];
  const unhandled = [];
  const run = `${transport}-${Math.random().toString(36).slice(2)}`;

  let closed;
  const lost = new Promise((_, reject) => {
    closed = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`));
  });
  const within = (promise, what, ms = 10000) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: nothing within ${ms} ms`)), ms);
    });
    return Promise.race([promise, late, lost]).finally(() => clearTimeout(timer));
  };
  const expect = (holds, what, found) => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
    checks.push(what);
  };

  const eb = new EventBus(url, { transports: [transport] });
  eb.onerror = (error) => unhandled.push(error);
  eb.onunhandled = (message) => unhandled.push(message);
  const send = (address, body, headers = {}) =>
    within(
      new Promise((resolve) => eb.send(address, body, headers, (err, message) => resolve({ err, message }))),
      `answer of ${address}`,
    );

  try {
    eb.onclose = closed;
    await within(
      new Promise((resolve) => {
        eb.onopen = resolve;
      }),
      'open',
    );
    const used = eb.sockJSConn._transport.transportName;
    expect(used === transport, 'the transport asked for is used', used);

    const stranger = await send('lobby', { run });
    expect(stranger.err?.failureType === 'not_logged_in', 'without a token: not_logged_in', stranger);
    expect(stranger.err?.failureCode === 203, 'without a token: a failure code', stranger);

    eb.defaultHeaders = { Authorization: `Bearer ${token}` };

    const received = [];
    let arrived = () => {};
    const handler = (err, message) => {
      if (!err && message.body?.run === run) received.push(message);
      arrived();
    };
    const seen = async (text) => {
      while (!received.some((message) => message.body.text === text)) {
        await new Promise((resolve) => {
          arrived = resolve;
        });
      }
      return received.find((message) => message.body.text === text);
    };
    // A registration is not answered: it holds when something published after it arrives.
    const registered = async (text) => {
      eb.registerHandler('lobby', handler);
      for (let attempt = 0; attempt < 50; attempt++) {
        const ack = await send('lobby', { run, text });
        if (ack.err) throw new Error(`publish: ${JSON.stringify(ack.err)}`);
        const got = await Promise.race([seen(text), new Promise((resolve) => setTimeout(resolve, 200))]);
        if (got) return;
      }
      throw new Error('register: nothing that was published arrived');
    };
    await within(registered('first'), 'register', 15000);
    checks.push('the token in defaultHeaders is believed, and register reaches the channel');

    const text = 'Ça sonne 🔔 "quoted" \\ \u2028';
    eb.publish('lobby', { run, text });
    const published = await within(seen(text), 'a publication');
    expect(published.type === 'rec' && published.address === 'lobby', 'publish arrives as rec', published);
    expect(/^\d+$/.test(published.headers?.offset) && published.headers?.epoch, 'rec has its position', published);

    const key = `key-${run}`;
    const ack = await send('lobby', { run, text: 'acknowledged' }, { key });
    expect(ack.message?.body.offset > Number(published.headers.offset), 'send is acknowledged', ack);
    expect(ack.message?.body.duplicate === false, 'the first of a key is no duplicate', ack);
    const again = await send('lobby', { run, text: 'acknowledged' }, { key });
    expect(
      again.message?.body.duplicate === true && again.message?.body.offset === ack.message.body.offset,
      'the second of a key is a duplicate',
      again,
    );

    const echo = await send('demo.echo', { run, text });
    expect(echo.message?.body.text === text, 'a verticle replies', echo);
    const failed = await send('demo.echo', { fail: { code: 1234, message: 'no more tickets' } });
    expect(
      failed.err?.failureCode === 1234 &&
        failed.err?.failureType === 'RECIPIENT_FAILURE' &&
        failed.err?.message === 'no more tickets',
      "a verticle's failure comes with its code",
      failed,
    );

    const refused = await send('refused.address', { run });
    expect(
      refused.err?.failureCode === 203 && refused.err?.failureType === 'permission_denied',
      'send to an address that is not permitted is refused',
      refused,
    );
    const refusal = await within(
      new Promise((resolve) => eb.registerHandler('refused.address', (err, message) => resolve({ err, message }))),
      'refusal of register',
    );
    expect(
      refusal.err?.failureCode === 203 && refusal.err?.failureType === 'permission_denied',
      'register at an address that is not permitted is refused',
      refusal,
    );

    eb.unregisterHandler('lobby', handler);
    await send('lobby', { run, text: 'unheard' });
    await within(registered('second'), 'register again', 15000);
    expect(
      !received.some((message) => message.body.text === 'unheard'),
      'after unregister nothing arrives',
      received.map((message) => message.body.text),
    );
    expect(unhandled.length === 0, 'nothing came that the client has no use for', unhandled);
    return { transport, checks };
  } finally {
    eb.onclose = null;
    if (eb.state === EventBus.OPEN) eb.close();
  }
}
