import { describe, expect, it } from 'vitest';
import { connected, setup } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

const on = { type: 'typing', is_typing: true };
const off = { type: 'typing', is_typing: false };

async function chat(options: { off?: unknown; everyMs?: number } = { off }) {
  const parts = await connected();
  const typing = parts.client.channel('messages:42').typing({ on, ...options });
  const marks = async (): Promise<unknown[]> => {
    await settled();
    return parts.node.sent('publish').map(({ data }) => data);
  };
  return { ...parts, typing, marks };
}

describe('typing marks', () => {
  it('are one for the first key, and one for each three seconds of going on', async () => {
    const { typing, marks, clock } = await chat();
    for (let ms = 0; ms < 9000; ms += 100) {
      typing.key();
      await clock.advance(100);
    }
    expect(await marks()).toEqual([on, on, on, on]);
    expect(clock.pending).toBeGreaterThan(0);
  });

  it('end three seconds after the last key was told of, and begin anew', async () => {
    const { typing, marks, clock } = await chat();
    typing.key();
    await clock.advance(2999);
    expect(await marks()).toEqual([on]);
    await clock.advance(1);
    expect(await marks()).toEqual([on, off]);
    await clock.advance(10_000);
    typing.key();
    expect(await marks()).toEqual([on, off, on]);
  });

  it('end at once when it is over, and only once', async () => {
    const { typing, marks, clock } = await chat();
    typing.stop();
    typing.key();
    typing.key();
    typing.stop();
    typing.stop();
    await clock.advance(10_000);
    expect(await marks()).toEqual([on, off]);
  });

  it('have the pace and the marks that the application wants', async () => {
    const { typing, marks, clock } = await chat({ everyMs: 500 });
    typing.key();
    await clock.advance(400);
    typing.key();
    await clock.advance(100);
    expect(await marks()).toEqual([on, on]);
    await clock.advance(10_000);
    expect(await marks()).toEqual([on, on]);
  });

  it('neither wait for a connection nor fail without one', async () => {
    const { node, client, clock } = setup();
    const typing = client.channel('messages:42').typing({ on, off });
    typing.key();
    client.connect();
    await clock.advance(1);
    expect(node.sent('publish')).toEqual([]);
    expect(client.queued).toBe(0);
    typing.stop();
    await settled();
    expect(node.sent('publish').map(({ data }) => data)).toEqual([off]);
  });
});
