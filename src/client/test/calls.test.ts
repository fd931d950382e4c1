import { describe, expect, it } from 'vitest';
import { connected, setup } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

describe('a request', () => {
  it('is answered by a verticle, or fails with its code', async () => {
    const { node, client } = await connected();
    node.answer = (frame) =>
      frame['type'] !== 'request'
        ? undefined
        : frame['address'] === 'sum'
          ? { type: 'reply', data: 3 }
          : { type: 'error', code: 442, error: 'no' };
    await expect(client.request('sum', [1, 2])).resolves.toBe(3);
    await expect(client.request('other', null)).rejects.toMatchObject({ code: 442, message: 'no', temporary: false });
    expect(node.sent('request')[0]).toMatchObject({ address: 'sum', data: [1, 2], timeout_ms: 10_000 });
  });

  it('waits for a connection, but not for ever', async () => {
    const { node, client, clock } = setup();
    node.answer = (frame) => (frame['type'] === 'request' ? { type: 'reply', data: 1 } : undefined);
    const early = client.request('sum', 1);
    client.connect();
    await expect(early).resolves.toBe(1);
    client.close();
    const late = client.request('sum', 1, { timeoutMs: 500 }).catch((error: unknown) => error);
    await clock.advance(500);
    expect(await late).toMatchObject({ code: 3 });
  });

  it('whose connection ends is not asked twice, unless it may be', async () => {
    const { node, client, clock } = await connected();
    node.answer = (frame) => (frame['type'] === 'request' ? null : undefined);
    const once = client.request('pay', 1).catch((error: unknown) => error);
    const again = client.request('read', 1, { retry: true });
    await settled();
    node.answer = (frame) => (frame['type'] === 'request' ? { type: 'reply', data: 'read' } : undefined);
    node.last.drop(1006);
    expect(await once).toMatchObject({ code: 2, temporary: true });
    await clock.advance(1000);
    expect(await again).toBe('read');
    expect(node.sent('request').map(({ address }) => address)).toEqual(['pay', 'read', 'read']);
  });

  it('that has no end fails when the client is closed or stops', async () => {
    const { node, client } = await connected();
    node.answer = (frame) => (frame['type'] === 'request' ? null : undefined);
    const closed = client.request('slow', 1, { retry: true }).catch((error: unknown) => error);
    await settled();
    client.close();
    expect(await closed).toMatchObject({ code: 4 });
    client.connect();
    await settled();
    const stopped = client.request('slow', 1, { retry: true }).catch((error: unknown) => error);
    await settled();
    node.last.drop(4401);
    expect(await stopped).toMatchObject({ code: 4401 });
  });
});

describe('history', () => {
  it('is read from a position, and again over the next connection', async () => {
    const { node, client, clock } = await connected();
    node.answer = (frame) => (frame['type'] === 'history' ? null : undefined);
    const page = client.channel('feed').history({ limit: 2, since: { epoch: 'e1', offset: 4 }, reverse: true });
    await settled();
    node.answer = (frame) =>
      frame['type'] === 'history'
        ? {
            ...{ type: 'history', channel: 'feed', epoch: 'e1', offset: 6 },
            messages: [{ offset: 5, data: 'x', user_id: 'u', timestamp: 7 }],
          }
        : undefined;
    node.last.drop(1006);
    await clock.advance(1000);
    expect(await page).toEqual({
      position: { epoch: 'e1', offset: 6 },
      messages: [
        {
          ...{ channel: 'feed', data: 'x', meta: undefined, userId: 'u', timestamp: 7, recovered: false },
          position: { epoch: 'e1', offset: 5 },
        },
      ],
    });
    expect(node.sent('history')[0]).toMatchObject({ limit: 2, since: { epoch: 'e1', offset: 4 }, reverse: true });
  });
});

describe('quality', () => {
  it('is perfect at first, and falls with the round trip, jitter and drops', async () => {
    const { node, client, clock } = await connected();
    expect(client.quality.value).toMatchObject({ roundTripMs: 0, jitterMs: 0, drops: 0, score: 100 });
    expect(client.quality.value).toBe(client.quality.value);
    const scores: number[] = [];
    client.quality.subscribe(({ score }) => scores.push(score));
    node.answer = (frame) => (frame['type'] === 'ping' ? null : undefined);
    for (let i = 0; i < 40; i++) {
      node.last.push({ type: 'ping' });
      const id = node.last.frames.at(-1)?.['id'];
      await clock.advance(300);
      node.last.push({ type: 'pong', id });
    }
    const { roundTripMs, jitterMs, score } = client.quality.value;
    expect(roundTripMs).toBeGreaterThan(290);
    expect(jitterMs).toBeLessThan(5);
    expect(score).toBeLessThan(85);
    node.last.drop(1006);
    expect(client.quality.value).toMatchObject({ drops: 1 });
    expect(client.quality.value.score).toBeLessThanOrEqual(score - 10);
    for (let i = 0; i < 11; i++) {
      await clock.advance(30_000);
      node.last.push({ type: 'ping' });
    }
    expect(client.quality.value.drops).toBe(0);
    expect(scores.length).toBeGreaterThan(2);
  });
});

describe('debug', () => {
  it('logs what happens, never a token or data', async () => {
    const lines: string[] = [];
    const { client } = await connected({ debug: (line) => lines.push(line), getToken: () => 'sEcReT' });
    await client.channel('feed').publish('pAyLoAd');
    const log = lines.join('\n');
    expect(log).toContain('carillon: state {"state":"connected","previous":"authenticating"}');
    expect(log).toContain('carillon: published {"channel":"feed"');
    expect(log).not.toMatch(/sEcReT|pAyLoAd/);
  });
});
