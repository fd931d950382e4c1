import { describe, expect, it, vi } from 'vitest';
import type { Client, Gap, SubscriptionOptions } from '../lib/index.js';
import { connected, setup } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

/** Everything that a channel tells, in a line each. */
function listen(client: Client, name: string, options?: SubscriptionOptions): string[] {
  const told: string[] = [];
  const channel = client.channel(name, options);
  channel.on('message', ({ data, recovered }) => told.push(`${String(data)}${recovered ? ' recovered' : ''}`));
  channel.on('gap', ({ cause, missed }) => told.push(`gap ${cause} ${String(missed)}`));
  channel.on('unsubscribed', ({ code }) => told.push(`unsubscribed ${code}`));
  channel.on('error', ({ code }) => told.push(`error ${code}`));
  return told;
}

const subscribes = (node: { sent(type: string): unknown[] }): unknown[] => node.sent('subscribe');

describe('a channel', () => {
  it('asked for before there is a connection comes with the authentication', async () => {
    const { node, client } = setup();
    const told = listen(client, 'feed');
    client.connect();
    await settled();
    expect(node.last.frames[0]).toMatchObject({ subscribe: [{ channel: 'feed' }] });
    node.publish('feed', 'a');
    expect(told).toEqual(['a']);
    expect(client.channel('feed').position).toEqual({ epoch: 'e1', offset: 1 });
  });

  it('asked for later is subscribed at once, and only once for all its handlers', async () => {
    const { node, client } = await connected();
    listen(client, 'feed');
    listen(client, 'feed');
    await client.channel('feed').subscribed();
    expect(subscribes(node)).toEqual([{ type: 'subscribe', id: expect.any(Number) as number, channel: 'feed' }]);
  });

  it('is left when its last handler is gone, but not for a handler that is replaced', async () => {
    const { node, client, clock } = await connected();
    const channel = client.channel('feed');
    const first = channel.on('message', () => undefined);
    await settled();
    first();
    const second = channel.on('message', () => undefined);
    await clock.advance(100);
    expect(node.sent('unsubscribe')).toEqual([]);
    second();
    await clock.advance(100);
    expect(node.sent('unsubscribe')).toHaveLength(1);
    expect(channel.live).toBe(false);
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    expect(told).toEqual(['a']);
  });

  it('recovers exactly what it missed', async () => {
    const { node, client, clock } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    node.last.drop(1006);
    node.publish('feed', 'b');
    node.publish('feed', 'c');
    await clock.advance(1000);
    node.publish('feed', 'd');
    expect(told).toEqual(['a', 'b recovered', 'c recovered', 'd']);
    expect(node.last.frames[0]).toMatchObject({ subscribe: [{ channel: 'feed', epoch: 'e1', offset: 1 }] });
  });

  it('goes on where the application says that it stopped', async () => {
    const { node, client } = setup();
    ['a', 'b', 'c'].forEach((data) => node.publish('feed', data));
    const told = listen(client, 'feed', { since: { epoch: 'e1', offset: 1 } });
    client.connect();
    await settled();
    expect(told).toEqual(['b recovered', 'c recovered']);
  });

  it('tells of a gap when the stream was lost, and goes on after it', async () => {
    const { node, client, clock } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    node.last.drop(4006, 'position lost');
    node.lose('feed');
    node.publish('feed', 'x');
    await clock.advance(1000);
    node.publish('feed', 'y');
    expect(told).toEqual(['a', 'gap lost undefined', 'y']);
  });

  it('counts what is missing when history no longer holds it', async () => {
    const { node, client, clock } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    node.last.drop(1006);
    for (let i = 0; i < 5; i++) node.publish('feed', i);
    const stream = node.stream('feed');
    stream.messages.splice(0, 4);
    stream.first = 5;
    await clock.advance(1000);
    node.publish('feed', 'z');
    expect(told).toEqual(['a', 'gap lost 5', 'z']);
    expect(client.quality.value.missed).toBe(5);
  });

  it('tells of what a node left out for it, and keeps the position after it', async () => {
    const { node, client, clock } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    for (let i = 0; i < 12; i++) node.stream('feed').messages.push(i);
    node.last.push({ type: 'gap', channel: 'feed', missed: 12, epoch: 'e1', offset: 13 });
    node.publish('feed', 'b');
    expect(told).toEqual(['a', 'gap slow 12', 'b']);
    node.last.drop(1006);
    await clock.advance(1000);
    expect(node.last.frames[0]).toMatchObject({ subscribe: [{ channel: 'feed', epoch: 'e1', offset: 14 }] });
  });

  it('drops doubles, and asks for what is missing when a hole shows', async () => {
    const { node, client } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    node.last.push({ type: 'message', channel: 'feed', epoch: 'e1', offset: 1, data: 'a', timestamp: 1 });
    node.stream('feed').messages.push('b');
    node.publish('feed', 'c');
    node.publish('feed', 'd');
    await settled();
    node.publish('feed', 'e');
    expect(told).toEqual(['a', 'b recovered', 'c recovered', 'd recovered', 'e']);
  });

  it('without positions says that something may be missing after each break', async () => {
    const { node, client, clock } = await connected();
    node.answer = (frame) =>
      frame['type'] === 'subscribe' ? { type: 'subscribed', channel: 'tick', recovered: false } : undefined;
    const told = listen(client, 'tick');
    await settled();
    node.answer = (frame, connection) =>
      frame['type'] === 'auth'
        ? { ...connection.welcome({}), subscriptions: [{ channel: 'tick', recovered: false, messages: [] }] }
        : undefined;
    node.last.push({ type: 'message', channel: 'tick', data: 1, timestamp: 1 });
    node.last.drop(1006);
    await clock.advance(1000);
    node.last.push({ type: 'message', channel: 'tick', data: 2, timestamp: 1 });
    expect(told).toEqual(['1', 'gap lost undefined', '2']);
  });

  it('that is refused for good is told so, and not asked for again', async () => {
    const { node, client, clock } = await connected();
    node.answer = (frame) =>
      frame['type'] === 'subscribe'
        ? { type: 'error', code: 203, error: 'permission denied', temporary: false }
        : undefined;
    const told = listen(client, 'secret');
    await expect(client.channel('secret').subscribed()).rejects.toMatchObject({ code: 203 });
    node.last.drop(1006);
    await clock.advance(60_000);
    expect(told).toEqual(['unsubscribed 203', 'error 203']);
    expect(node.sent('auth').at(-1)).toMatchObject({ subscribe: [] });
  });

  it('that is refused for now is asked for again', async () => {
    const { node, client, clock } = setup();
    node.answer = (frame, connection) =>
      frame['type'] === 'auth'
        ? {
            ...connection.welcome({}),
            refused: [{ channel: 'feed', code: 101, error: 'unavailable', temporary: true, retry_after_ms: 3000 }],
          }
        : undefined;
    const told = listen(client, 'feed');
    client.connect();
    await clock.advance(2900);
    expect(subscribes(node)).toHaveLength(0);
    await clock.advance(200);
    node.publish('feed', 'a');
    expect(told).toEqual(['a']);
  });

  it('with a token of its own asks for it before each subscribe', async () => {
    const { node, client, clock } = setup();
    let count = 0;
    listen(client, 'room', { getToken: (channel) => `${channel}-${++count}` });
    client.connect();
    await settled();
    node.last.drop(1006);
    await clock.advance(1000);
    expect(subscribes(node)).toMatchObject([{ token: 'room-1' }, { token: 'room-2' }]);
  });

  it('that the server ends is told so', async () => {
    const { node, client } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.last.push({ type: 'unsubscribed', channel: 'feed', code: 2000, reason: 'by the server' });
    expect(told).toEqual(['unsubscribed 2000']);
    expect(client.channel('feed').live).toBe(false);
  });

  it('that the server subscribes is there without being asked for', async () => {
    const { node, client, clock } = await connected();
    const told: unknown[] = [];
    client.user.on('message', ({ data }) => told.push(data));
    node.joinUser();
    node.publish('user:alice', 'for you');
    expect(told).toEqual(['for you']);
    node.last.drop(1006);
    node.publish('user:alice', 'missed');
    await clock.advance(1000);
    expect(told).toEqual(['for you', 'missed']);
  });

  it('that the server subscribes while it is asked for is live all the same', async () => {
    const { node, client } = await connected();
    node.answer = (frame) =>
      frame['type'] === 'subscribe' ? { type: 'error', code: 205, error: 'already subscribed' } : undefined;
    const told = listen(client, 'feed');
    await settled();
    node.last.channels.add('feed');
    node.last.push(node.subscribed({ channel: 'feed' }));
    node.publish('feed', 'a');
    expect(told).toEqual(['a']);
  });

  it('is one of a thousand: a frame of the node fits, and its limits hold', async () => {
    const { node, client, clock } = setup();
    for (let i = 0; i < 1000; i++) client.channel(`messages:${i}`).hold();
    client.connect();
    await settled();
    const first = node.last.frames[0] as { subscribe: unknown[] };
    expect(JSON.stringify(first).length).toBeLessThan(50_000);
    await clock.advance(1000);
    expect(subscribes(node).length).toBeLessThanOrEqual(100);
    await clock.advance(30_000);
    expect(first.subscribe.length + subscribes(node).length).toBe(1000);
    expect(client.channel('messages:999').live).toBe(true);
  });

  it('does not break for a handler that throws', async () => {
    const { node, client } = await connected();
    const thrown = vi.fn();
    process.once('uncaughtException', thrown);
    client.channel('feed').on('message', () => {
      throw new Error('the application');
    });
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    await settled();
    expect(told).toEqual(['a']);
    process.removeListener('uncaughtException', thrown);
  });
});

describe('getState', () => {
  it('reads the state anew after a loss, while messages wait', async () => {
    const { node, client, clock } = await connected();
    const gaps: Gap[] = [];
    let done: (() => void) | undefined;
    const told = listen(client, 'feed', {
      getState: (gap) => {
        gaps.push(gap);
        return new Promise<void>((resolve) => (done = resolve));
      },
    });
    await settled();
    node.publish('feed', 'a');
    node.last.drop(1006);
    node.lose('feed');
    await clock.advance(1000);
    node.publish('feed', 'b');
    expect(gaps).toEqual([
      { channel: 'feed', cause: 'lost', missed: undefined, position: { epoch: "e1'", offset: 0 } },
    ]);
    expect(told).toEqual(['a', 'gap lost undefined']);
    done?.();
    await settled();
    node.publish('feed', 'c');
    expect(told).toEqual(['a', 'gap lost undefined', 'b', 'c']);
  });

  it('that fails is told as an error, and holds nothing back', async () => {
    const { node, client, clock } = await connected();
    const told = listen(client, 'feed', { getState: () => Promise.reject(new Error('503')) });
    await settled();
    node.last.drop(1006);
    node.lose('feed');
    await clock.advance(1000);
    node.publish('feed', 'b');
    expect(told).toEqual(['gap lost undefined', 'error 0', 'b']);
  });
});

describe('a node that asks its clients to move', () => {
  it('is left when the next connection is live, with nothing lost or twice', async () => {
    const { node, client, states } = await connected();
    const told = listen(client, 'feed');
    await settled();
    node.publish('feed', 'a');
    const old = node.last;
    old.push({ type: 'reconnect', reason: 'draining', within_ms: 10_000, url: 'https://node2.test/base' });
    expect(client.state.value).toBe('connected');
    node.publish('feed', 'b');
    await settled();
    expect(node.last.url).toBe('wss://node2.test/base/ws');
    node.publish('feed', 'c');
    await settled();
    expect(old.closed).toEqual({ code: 1000, reason: 'moved' });
    node.publish('feed', 'd');
    expect(told.map((line) => line.replace(' recovered', ''))).toEqual(['a', 'b', 'c', 'd']);
    expect(states).toEqual(['disconnected', 'connecting', 'authenticating', 'connected']);
  });

  it('is waited for until it has answered what is under way', async () => {
    const { node, client, clock } = await connected();
    const old = node.last;
    node.answer = (frame) => (frame['type'] === 'request' ? null : undefined);
    const answer = client.request('slow', 1);
    await settled();
    const id = old.frames.at(-1)?.['id'];
    old.push({ type: 'reconnect', reason: 'draining', within_ms: 10_000 });
    await settled();
    expect(node.connections).toHaveLength(2);
    expect(old.open).toBe(true);
    old.push({ type: 'reply', id, data: 'done' });
    expect(await answer).toBe('done');
    expect(old.open).toBe(false);
    await clock.advance(0);
  });

  it('is not missed when the other one cannot be reached: its own address is tried until it works', async () => {
    const { node, client, clock, states } = await connected();
    const old = node.last;
    node.reachable = false;
    old.push({ type: 'reconnect', reason: 'draining', within_ms: 10_000, url: 'ws://gone.test' });
    await settled();
    expect(client.state.value).toBe('connected');
    clock.chance = 0.5;
    old.drop(4010);
    expect(states.at(-1)).toBe('reconnecting');
    node.reachable = true;
    await clock.advance(10_000);
    expect(node.last.url).toBe('ws://node.test/ws');
    expect(client.state.value).toBe('connected');
  });
});
