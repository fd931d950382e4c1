import { describe, expect, it, vi } from 'vitest';
import { NoTokenError } from '../lib/index.js';
import { connected, setup } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

const UP = ['connecting', 'authenticating', 'connected'];

describe('a connection', () => {
  it('goes through its states, and says who it is in the first frame', async () => {
    const { node, client, states } = await connected({ client: { name: 'shop', version: '2' } });
    expect(states).toEqual(['disconnected', ...UP]);
    expect(node.last.frames[0]).toEqual({
      type: 'auth',
      id: 1,
      token: 'token',
      subscribe: [],
      client: { name: 'shop', version: '2' },
    });
    expect(node.last.protocol).toBe('carillon.v1.json');
    expect(node.last.url).toBe('ws://node.test/ws');
    expect(client.session).toEqual({
      sessionId: 's0',
      userId: 'alice',
      node: 'n1',
      timestamp: Date.parse('2026-01-28T10:00:00Z'),
    });
  });

  it('comes back after a drop, with a token asked for again', async () => {
    const getToken = vi.fn(() => 'token');
    const { node, clock, states } = await connected({ getToken });
    node.last.drop(1006);
    expect(states.at(-1)).toBe('reconnecting');
    await clock.advance(999);
    expect(node.connections).toHaveLength(1);
    await clock.advance(1);
    expect(states).toEqual(['disconnected', ...UP, 'reconnecting', ...UP]);
    expect(getToken.mock.calls).toEqual([['connect'], ['connect']]);
  });

  it('waits longer after each failure, and from the beginning after a success', async () => {
    const { node, clock, waits } = await connected();
    clock.chance = 1;
    node.reachable = false;
    node.last.drop(1006);
    await clock.advance(1000 + 2000 + 4000 + 8000 + 16_000 + 30_000);
    node.reachable = true;
    await clock.advance(30_000);
    expect(waits()).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    node.last.drop(1001);
    expect(waits().at(-1)).toBe(1000);
  });

  it('gives up after as many attempts as it may have', async () => {
    const { node, client, clock, states, reports } = setup({ maxAttempts: 2 });
    node.reachable = false;
    client.connect();
    await clock.advance(120_000);
    expect(node.connections).toHaveLength(3);
    expect(states.at(-1)).toBe('error');
    expect(client.error?.code).toBe(1006);
    expect(reports).toContainEqual({ type: 'gave-up', attempts: 2 });
    node.reachable = true;
    client.connect();
    await settled();
    expect(client.state.value).toBe('connected');
  });

  it('tries the next address after a failure', async () => {
    const { node, clock, client } = setup({ url: ['ws://a/ws', 'https://b/ws', 'ws://c/ws'] });
    node.reachable = false;
    client.connect();
    await clock.advance(120_000);
    expect(node.connections.slice(0, 4).map(({ url }) => url)).toEqual([
      'ws://a/ws',
      'wss://b/ws',
      'ws://c/ws',
      'ws://a/ws',
    ]);
  });

  it.each([4401, 4403, 4409, 4429, 4450, 1002, 1008, 1009])('stays away after %i, and says so', async (code) => {
    const { node, clock, client, states } = await connected();
    const errors: number[] = [];
    client.on('error', (error) => errors.push(error.code));
    node.last.drop(code, 'go');
    await clock.advance(600_000);
    expect(states.at(-1)).toBe('error');
    expect(errors).toEqual([code]);
    expect(client.error?.message).toBe('go');
    expect(node.connections).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('is closed for good, and leaves no timer behind', async () => {
    const { node, clock, client, states } = await connected();
    client.close();
    expect(node.last.closed).toEqual({ code: 1000, reason: 'closed' });
    await clock.advance(600_000);
    expect(states.at(-1)).toBe('disconnected');
    expect(clock.pending).toBe(0);
    expect(node.connections).toHaveLength(1);
  });

  it('can be closed and opened again in a breath', async () => {
    const { node, client } = setup();
    client.connect();
    client.close();
    client.connect();
    await settled();
    expect(client.state.value).toBe('connected');
    expect(node.connections.filter(({ open }) => open)).toHaveLength(1);
  });

  it('does not wait for ever for a node that says nothing', async () => {
    const { node, clock, client, states } = setup();
    node.answer = () => null;
    client.connect();
    await clock.advance(10_000);
    expect(states.at(-1)).toBe('reconnecting');
    expect(node.last.open).toBe(false);
  });
});

describe('a token', () => {
  it('that is refused is replaced once; a second refusal in a row is final', async () => {
    const getToken = vi.fn(() => 'bad');
    const { node, clock, client, states } = setup({ getToken });
    node.answer = (frame, connection) => {
      if (frame['type'] !== 'auth') {
        return undefined;
      }
      connection.push({ type: 'auth_error', id: 1, code: 4001, error: 'Invalid token' });
      connection.drop(4001, 'x');
      return null;
    };
    client.connect();
    await clock.advance(600_000);
    expect(getToken.mock.calls).toEqual([['connect'], ['rejected']]);
    expect(states.at(-1)).toBe('error');
    expect(client.error).toMatchObject({ code: 4001, message: 'Invalid token' });
  });

  it('that has expired is replaced, however often', async () => {
    const { node, clock, client } = await connected();
    for (let i = 0; i < 3; i++) {
      node.last.drop(4003);
      await clock.advance(1000);
      expect(client.state.value).toBe('connected');
    }
  });

  it('is refreshed on the live connection before it expires, as often as it takes', async () => {
    const getToken = vi.fn(() => 'token');
    const { node, clock, client } = setup({ getToken });
    node.tokenLifeMs = 5000;
    client.connect();
    await clock.advance(60_000);
    expect(node.connections).toHaveLength(1);
    expect(node.sent('refresh')).toHaveLength(16);
    expect(client.state.value).toBe('connected');
    expect(getToken.mock.calls.slice(0, 2)).toEqual([['connect'], ['expiring']]);
  });

  it('that cannot be had for now is asked for again', async () => {
    let tries = 0;
    const { clock, client } = setup({
      getToken: () => (++tries < 3 ? Promise.reject(new Error('offline')) : 'token'),
    });
    client.connect();
    await clock.advance(60_000);
    expect(client.state.value).toBe('connected');
  });

  it('that takes too long is asked for again', async () => {
    let tries = 0;
    const { clock, client } = setup({ getToken: () => (++tries === 1 ? new Promise<string>(() => {}) : 'token') });
    client.connect();
    await clock.advance(12_000);
    expect(client.state.value).toBe('connected');
  });

  it('that will never be is final', async () => {
    const { clock, client, node } = setup({ getToken: () => Promise.reject(new NoTokenError('logged out')) });
    client.connect();
    await clock.advance(60_000);
    expect(client.error).toMatchObject({ code: 4001, message: 'logged out' });
    expect(node.connections).toHaveLength(0);
  });
});
