import { describe, expect, it } from 'vitest';
import type { Member } from '../lib/index.js';
import type { FakeNode, Json } from './testing/fake-node.js';
import { connected } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

const member = (id: number): Json => ({ user_id: `u${id}`, session_id: `s${id}`, info: {}, since: 1 });

/** Answers with a snapshot of these sessions. */
function holds(node: FakeNode, version: number, ...ids: number[]): void {
  node.answer = (frame) =>
    frame['type'] === 'presence'
      ? {
          type: 'presence',
          channel: 'room',
          version,
          members: ids.map(member),
          users: ids.length,
          sessions: ids.length,
        }
      : undefined;
}

const change = (node: FakeNode, type: 'join' | 'leave', version: number, id: number): void =>
  node.last.push({ type, channel: 'room', version, ...member(id) });

const names = (members: readonly Member[]): string[] => members.map(({ userId }) => userId);

describe('presence', () => {
  it('is a snapshot, and then every change to it', async () => {
    const { node, client } = await connected();
    holds(node, 7, 1, 2);
    const view = client.channel('room').presence();
    expect(names(await view.ready)).toEqual(['u1', 'u2']);
    const told: string[][] = [];
    view.subscribe((members) => told.push(names(members)));
    change(node, 'join', 8, 3);
    change(node, 'leave', 9, 1);
    expect(told).toEqual([
      ['u1', 'u2', 'u3'],
      ['u2', 'u3'],
    ]);
  });

  it('applies what came while its snapshot was on the way, and only what the snapshot does not have', async () => {
    const { node, client } = await connected();
    node.answer = (frame) => (frame['type'] === 'presence' ? null : undefined);
    const view = client.channel('room').presence();
    await settled();
    const asked = node.sent('presence')[0];
    change(node, 'join', 8, 3);
    change(node, 'join', 9, 4);
    node.last.push({
      ...{ type: 'presence', id: asked?.['id'], channel: 'room', version: 8, users: 2, sessions: 2 },
      members: [member(1), member(3)],
    });
    await settled();
    expect(names(view.value)).toEqual(['u1', 'u3', 'u4']);
  });

  it('asks again, once, when a change is missing', async () => {
    const { node, client, clock } = await connected();
    holds(node, 7, 1);
    const view = client.channel('room').presence();
    await view.ready;
    holds(node, 12, 1, 5);
    change(node, 'join', 9, 3);
    change(node, 'join', 10, 4);
    change(node, 'leave', 11, 4);
    expect(names(view.value)).toEqual(['u1']);
    await clock.advance(2000);
    expect(node.sent('presence')).toHaveLength(2);
    expect(names(view.value)).toEqual(['u1', 'u5']);
    change(node, 'leave', 13, 1);
    expect(names(view.value)).toEqual(['u5']);
  });

  it('asks again when its versions begin anew, and after each reconnect', async () => {
    const { node, client, clock } = await connected();
    holds(node, 7, 1);
    const view = client.channel('room').presence();
    await view.ready;
    holds(node, 1, 2);
    change(node, 'join', 1, 2);
    await clock.advance(2000);
    expect(names(view.value)).toEqual(['u2']);
    holds(node, 3, 9);
    node.last.drop(1006);
    await clock.advance(1000);
    expect(names(view.value)).toEqual(['u9']);
  });

  it('that is refused says so, and is asked for no more once it is closed', async () => {
    const { node, client, clock } = await connected();
    node.answer = (frame) =>
      frame['type'] === 'presence' ? { type: 'error', code: 200, error: 'channel keeps no presence' } : undefined;
    const view = client.channel('room').presence();
    await expect(view.ready).rejects.toMatchObject({ code: 200 });
    view.close();
    await clock.advance(60_000);
    expect(node.sent('presence').length).toBeLessThan(2);
    expect(client.channel('room').live).toBe(false);
  });
});
