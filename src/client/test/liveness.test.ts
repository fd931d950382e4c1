import { describe, expect, it } from 'vitest';
import { connected } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

describe('a link', () => {
  it('answers the pings of its node', async () => {
    const { node } = await connected();
    node.last.push({ type: 'ping' });
    expect(node.sent('pong')).toHaveLength(1);
  });

  it('on which nothing comes for the ping interval and the pong timeout is dead', async () => {
    const { node, clock, states } = await connected();
    const first = node.last;
    await clock.advance(39_999);
    expect(states.at(-1)).toBe('connected');
    await clock.advance(1);
    expect(states.at(-1)).toBe('reconnecting');
    expect(first.open).toBe(false);
    await clock.advance(1000);
    expect(states.at(-1)).toBe('connected');
  });

  it('lives for hours on pings alone, without a question of its own but for the round trip', async () => {
    const { node, clock, client, states } = await connected();
    for (let i = 0; i < 960; i++) {
      await clock.advance(30_000);
      node.last.push({ type: 'ping' });
    }
    expect(states).toHaveLength(4);
    expect(node.connections).toHaveLength(1);
    expect(node.sent('ping')).toHaveLength(961);
    expect(client.state.value).toBe('connected');
  });

  it('is asked after a sleep, and kept if it answers', async () => {
    const { node, clock, client } = await connected();
    await clock.sleep(300_000);
    expect(client.state.value).toBe('connected');
    await clock.advance(30_000);
    expect(client.state.value).toBe('connected');
    expect(node.connections).toHaveLength(1);
  });

  it('is left soon after a sleep if it does not answer', async () => {
    const { node, clock } = await connected();
    node.answer = (frame) => (frame['type'] === 'auth' ? undefined : null);
    await clock.sleep(300_000);
    expect(node.connections).toHaveLength(1);
    await clock.advance(11_000);
    expect(node.connections).toHaveLength(2);
  });
});

describe('a page', () => {
  it('makes no attempt while it is offline, and one at once when it is back', async () => {
    const { node, clock, surroundings, states } = await connected();
    surroundings.tell('offline');
    expect(states.at(-1)).toBe('reconnecting');
    await clock.advance(3_600_000);
    expect(node.connections).toHaveLength(1);
    surroundings.tell('online');
    await settled();
    expect(states.at(-1)).toBe('connected');
  });

  it('that waits for its next attempt makes it at once when it is back', async () => {
    const { node, clock, surroundings, client } = await connected();
    node.reachable = false;
    node.last.drop(1006);
    await clock.advance(10_000);
    surroundings.tell('offline');
    node.reachable = true;
    surroundings.tell('online');
    await settled();
    expect(client.state.value).toBe('connected');
  });

  it('that comes online without having gone offline has its link looked at', async () => {
    const { node, clock, surroundings } = await connected();
    node.answer = (frame) => (frame['type'] === 'ping' ? null : undefined);
    surroundings.tell('online');
    await clock.advance(11_000);
    expect(node.connections).toHaveLength(2);
  });

  it('that is hidden for long rests, and recovers when it is seen', async () => {
    const { node, clock, surroundings, client, states } = await connected({ pauseHiddenAfterMs: 60_000 });
    const told: unknown[] = [];
    client.channel('feed').on('message', ({ data }) => told.push(data));
    await settled();
    surroundings.tell('hidden');
    await clock.advance(30_000);
    node.last.push({ type: 'ping' });
    surroundings.tell('visible');
    await clock.advance(30_000);
    node.last.push({ type: 'ping' });
    expect(states.at(-1)).toBe('connected');
    surroundings.tell('hidden');
    await clock.advance(30_000);
    node.last.push({ type: 'ping' });
    await clock.advance(30_000);
    expect(states.at(-1)).toBe('disconnected');
    expect(node.last.closed).toEqual({ code: 1000, reason: 'hidden' });
    node.publish('feed', 'meanwhile');
    await clock.advance(600_000);
    surroundings.tell('visible');
    await settled();
    expect(states.at(-1)).toBe('connected');
    expect(told).toEqual(['meanwhile']);
  });

  it('that is hidden does not rest while something waits to be sent', async () => {
    const { node, clock, surroundings, client } = await connected({ pauseHiddenAfterMs: 10_000 });
    node.answer = (frame) => (frame['type'] === 'publish' ? null : undefined);
    void client.channel('feed').publish(1);
    surroundings.tell('hidden');
    await clock.advance(10_000);
    expect(client.state.value).toBe('connected');
    node.answer = () => undefined;
    await clock.advance(25_000);
    expect(client.state.value).toBe('disconnected');
    expect(node.stream('feed').messages).toEqual([1]);
  });

  it('that goes into the back/forward cache leaves its node, and is back when it is', async () => {
    const { node, surroundings, states } = await connected();
    surroundings.tell('frozen');
    expect(node.last.open).toBe(false);
    expect(states.at(-1)).toBe('disconnected');
    surroundings.tell('thawed');
    await settled();
    expect(states.at(-1)).toBe('connected');
  });

  it('is listened to by no client that is closed', async () => {
    const { node, surroundings, client, clock } = await connected();
    surroundings.tell('offline');
    client.close();
    surroundings.tell('online');
    await settled();
    expect(client.state.value).toBe('disconnected');
    client.connect();
    await settled();
    expect(client.state.value).toBe('connected');
    expect(node.connections).toHaveLength(2);
    expect(clock.pending).toBeGreaterThan(0);
  });
});
