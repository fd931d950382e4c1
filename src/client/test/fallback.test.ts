import { describe, expect, it } from 'vitest';
import { withFallback, type FallbackOptions } from '../lib/fallback.js';
import { webSocketTransport, type WebSocketLike } from '../lib/transport.js';
import { FakeHttp } from './testing/fake-http.js';
import { settled, TestClock } from './testing/test-clock.js';

const OPEN = 'event: open\ndata: {"session":"s1","resume_within_ms":5000}\n\n';

/** A WebSocket that the test opens or ends. */
class TestSocket implements WebSocketLike {
  static made: TestSocket[] = [];
  binaryType = '';
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  ended: number | undefined;

  constructor() {
    TestSocket.made.push(this);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  fail(): void {
    this.readyState = 3;
    this.onclose?.({ code: 1006, reason: 'blocked' } as never);
  }

  send(): void {
    throw new Error('nothing goes this way');
  }

  close(code = 1000): void {
    this.ended = code;
  }
}

class Blocked extends TestSocket {
  constructor() {
    super();
    throw new Error('a policy');
  }
}

function setup(options: FallbackOptions = {}) {
  const clock = new TestClock();
  const http = new FakeHttp();
  TestSocket.made = [];
  const transport = webSocketTransport(withFallback({ clock, fetch: http.fetch, webSocket: TestSocket, ...options }));
  const told: unknown[] = [];
  const open = () =>
    transport.open('wss://n.test/ws', 'carillon.v1.json', {
      opened: () => told.push('opened'),
      received: (message) => told.push(typeof message === 'string' ? message : [...new Uint8Array(message)]),
      closed: (code) => told.push(code),
    });
  return { clock, http, told, open };
}

/** The same with a session over HTTP. */
async function opened(options: FallbackOptions = {}) {
  const all = setup({ webSocket: Blocked, ...options });
  const socket = all.open();
  await settled();
  const stream = all.http.last;
  stream.write(OPEN);
  await settled();
  return { ...all, socket, stream };
}

describe('the way to a node', () => {
  it('is a WebSocket where one opens, and nothing is asked over HTTP', async () => {
    const { told, open, http } = setup();
    open();
    await settled();
    TestSocket.made[0]?.open();
    TestSocket.made[0]?.onmessage?.({ data: 'x' } as never);
    TestSocket.made[0]?.fail();
    expect(told).toEqual(['opened', 'x', 1006]);
    expect(http.requests).toEqual([]);
  });

  it('is HTTP where a WebSocket ends before it opens, or cannot be made, or does not answer', async () => {
    for (const block of ['ends', 'throws', 'is silent']) {
      const { told, open, http, clock } = setup(block === 'throws' ? { webSocket: Blocked } : {});
      open();
      await settled();
      if (block === 'ends') {
        TestSocket.made[0]?.fail();
      } else if (block === 'is silent') {
        await clock.advance(4000);
        expect(TestSocket.made[0]?.onclose).toBeNull();
      }
      expect([http.last.method, http.last.url]).toEqual(['POST', 'https://n.test/http']);
      http.last.write(OPEN);
      await settled();
      expect(told).toEqual(['opened']);
    }
  });

  it('is tried first the next time if it worked, until a WebSocket is worth a try again', async () => {
    const { clock, open, http } = setup();
    const tries = async (): Promise<number[]> => {
      const before = [TestSocket.made.length, http.requests.length];
      const socket = open();
      await settled();
      TestSocket.made.slice(before[0]).forEach((made) => made.fail());
      await settled();
      http.last.write(OPEN);
      await settled();
      socket.close(1000, '');
      const posts = http.requests.slice(before[1]).filter(({ url }) => url.endsWith('/http'));
      return [TestSocket.made.length - (before[0] ?? 0), posts.length];
    };
    expect(await tries()).toEqual([1, 1]);
    await clock.advance(300_000);
    expect(await tries()).toEqual([0, 1]);
    await clock.advance(300_000);
    expect(await tries()).toEqual([1, 1]);
    expect(await tries()).toEqual([0, 1]);
  });

  it('is none where both fail, and the next attempt begins with a WebSocket as before', async () => {
    const { told, open, http } = setup();
    for (let i = 1; i <= 2; i++) {
      open();
      await settled();
      TestSocket.made.at(-1)?.fail();
      await settled();
      http.last.status(503);
      await settled();
      expect(told).toHaveLength(i);
      expect(TestSocket.made).toHaveLength(i);
    }
    expect(told).toEqual([1006, 1006]);
  });
});

describe('a session over HTTP', () => {
  it('hands on each frame, however the text is cut, and bytes as such', async () => {
    const { told, stream } = await opened();
    for (const character of 'data: {"a":1}\n\n:\n\nevent: binary\ndata: {"b":2}\ndata: AQL/\n\n') {
      stream.write(character);
    }
    await settled();
    expect(told).toEqual(['opened', '{"a":1}', '{"b":2}', [1, 2, 255]]);
  });

  it('sends one request at a time, in order, and the same again until it is answered', async () => {
    const { clock, http, socket } = await opened();
    socket.send('a');
    socket.send('b');
    socket.send(Uint8Array.of(1, 2, 255));
    await settled();
    expect(http.requests).toHaveLength(2);
    expect([http.last.url, http.last.body]).toEqual(['https://n.test/http/s1?first=1', 'a']);
    http.last.fail();
    await clock.advance(200);
    expect(http.last.body).toBe('a\nb\n"AQL/"');
    http.last.status(502);
    await clock.advance(400);
    expect([http.last.url, http.last.body]).toEqual(['https://n.test/http/s1?first=1', 'a\nb\n"AQL/"']);
    http.last.status(204);
    await settled();
    socket.send('c');
    await settled();
    expect([http.last.url, http.last.body]).toEqual(['https://n.test/http/s1?first=4', 'c']);
    // No answer at all.
    await clock.advance(10_000 + 200);
    expect(http.last.body).toBe('c');
    expect(http.requests).toHaveLength(6);
  });

  it('goes on where its stream was cut, with the frames that it has', async () => {
    const { clock, told, stream, http } = await opened();
    stream.write('data: 1\n\ndata: 2\n\ndata: 3');
    await settled();
    stream.fail();
    await clock.advance(0);
    expect([http.last.method, http.last.url]).toEqual(['GET', 'https://n.test/http/s1?after=2']);
    http.last.fail();
    await clock.advance(200);
    http.last.write('data: 3\n\n');
    await settled();
    // The time to resume is over, but it was used.
    await clock.advance(6000);
    expect(told).toEqual(['opened', '1', '2', '3']);
  });

  it('is lost when no stream comes in time, or the node knows nothing of it', async () => {
    const late = await opened();
    late.stream.end();
    await late.clock.advance(4999);
    expect(late.told).toEqual(['opened']);
    await late.clock.advance(1);
    expect(late.told).toEqual(['opened', 1006]);
    expect(late.clock.pending).toBeLessThan(2);

    const unknown = await opened();
    unknown.stream.end();
    await unknown.clock.advance(0);
    unknown.http.last.status(404);
    await settled();
    expect(unknown.told).toEqual(['opened', 1006]);
  });

  it('ends with the code that the node gives, and with its own', async () => {
    const { told, stream, http } = await opened();
    stream.write('event: close\ndata: {"code":4010,"reason":"draining"}\n\ndata: late\n\n');
    await settled();
    expect(told).toEqual(['opened', 4010]);
    expect(http.requests).toHaveLength(1);

    const own = await opened();
    own.socket.send('a');
    await settled();
    own.socket.close(1000, 'moved');
    own.socket.send('late');
    await settled();
    expect(own.http.last.url).toBe('https://n.test/http/s1?first=1&close=1000');
    expect([own.http.last.body, own.http.last.init.keepalive]).toEqual(['a', true]);
    expect(own.told).toEqual(['opened']);
    expect(own.stream.init.signal?.aborted).toBe(true);
  });

  it('asks the node that has it, if that has an address of its own', async () => {
    const { http, open } = setup({ webSocket: Blocked });
    const socket = open();
    await settled();
    http.last.write('event: open\ndata: {"session":"s1","resume_within_ms":5000,"url":"https://n2.test/a"}\n\n');
    await settled();
    socket.send('x');
    await settled();
    expect(http.last.url).toBe('https://n2.test/a/http/s1?first=1');
  });

  it('divides what is too large for one request, and says so of what cannot be divided', async () => {
    const { told, socket, http } = await opened();
    socket.send('1');
    for (const size of [30_000, 30_000]) {
      socket.send('x'.repeat(size));
    }
    await settled();
    http.last.status(204);
    await settled();
    expect(http.last.body.length).toBe(60_001);
    http.last.status(413);
    await settled();
    expect(http.last.body.length).toBe(30_000);
    http.last.status(413);
    await settled();
    expect(told).toEqual(['opened', 1009]);
  });

  it('carries no other form than JSON', async () => {
    const { http, clock } = setup();
    const told: number[] = [];
    webSocketTransport(withFallback({ clock, fetch: http.fetch, webSocket: Blocked })).open(
      'wss://n.test/ws',
      'carillon.v1.msgpack',
      { opened: () => undefined, received: () => undefined, closed: (code) => told.push(code) },
    );
    await settled();
    expect(told).toEqual([1006]);
    expect(http.requests).toEqual([]);
  });
});
