import { describe, expect, it } from 'vitest';
import { CarillonClient } from '../lib/carillon-client.js';
import type { Client, ConnectOptions, OutboxStore, QueuedMessage } from '../lib/index.js';
import { election } from '../lib/tabs/election.js';
import { Hub } from '../lib/tabs/hub.js';
import { TabConnection } from '../lib/tabs/tab-connection.js';
import { FakeBrowser, type Page } from './testing/fake-browser.js';
import { FakeNode } from './testing/fake-node.js';
import { TestSurroundings } from './testing/setup.js';
import { settled, TestClock } from './testing/test-clock.js';

interface Tab {
  readonly page: Page;
  readonly client: Client;
  readonly told: string[];
  readonly states: string[];
  readonly asked: string[];
  readonly surroundings: TestSurroundings;
}

class Tabs {
  readonly clock = new TestClock();
  readonly node = new FakeNode(this.clock);
  readonly browser = new FakeBrowser();

  /** A tab that reads the feed unless it is told not to; it is ready when promises have settled. */
  async open(options: Partial<ConnectOptions> = {}): Promise<Tab> {
    const { clock, node } = this;
    const page = this.browser.page();
    const surroundings = new TestSurroundings();
    const asked: string[] = [];
    const { locks } = page;
    const place = election('ada', page, () => new Hub({ clock, locks, transport: node.transport }));
    const all: ConnectOptions = {
      url: 'ws://node.test/ws',
      getToken: (reason) => {
        asked.push(reason);
        return page.frozen ? new Promise<string>(() => undefined) : 'token';
      },
      clock,
      surroundings,
      autoConnect: false,
      ...options,
    };
    const client = new CarillonClient(all, (parts) => new TabConnection({ parts, place, locks })) as unknown as Client;
    const states: string[] = [];
    client.state.subscribe((state) => states.push(state));
    const told: string[] = [];
    client.channel('feed').on('message', ({ data }) => told.push(String(data)));
    client.channel('feed').on('gap', ({ cause, missed }) => told.push(`gap ${cause} ${String(missed)}`));
    client.connect();
    await this.still();
    return { page, client, told, states, asked, surroundings };
  }

  async still(): Promise<void> {
    for (let i = 0; i < 4; i++) {
      await settled();
    }
  }

  get live(): number {
    return this.node.connections.filter(({ open }) => open).length;
  }
}

describe('tabs', () => {
  it('share one connection, one subscription and one token', async () => {
    const tabs = new Tabs();
    const all = [await tabs.open(), await tabs.open(), await tabs.open()];
    expect(tabs.node.connections).toHaveLength(1);
    expect(tabs.node.sent('subscribe').length + (tabs.node.last.frames[0]?.['subscribe'] as []).length).toBe(1);
    expect(all.map(({ asked }) => asked)).toEqual([['connect'], [], []]);
    tabs.node.publish('feed', 'a');
    await tabs.still();
    expect(all.map(({ told }) => told)).toEqual([['a'], ['a'], ['a']]);
    expect(all.map(({ client }) => client.state.value)).toEqual(['connected', 'connected', 'connected']);
    expect(all[2]?.client.session?.userId).toBe('alice');
  });

  it('leave a channel when the last of them does', async () => {
    const tabs = new Tabs();
    await tabs.open();
    const [one, two] = [await tabs.open(), await tabs.open()];
    const offs = [one, two].map(({ client }) => client.channel('other').on('message', () => undefined));
    await tabs.still();
    expect(tabs.node.last.channels.has('other')).toBe(true);
    offs[0]?.();
    await tabs.clock.advance(100);
    expect(tabs.node.last.channels.has('other')).toBe(true);
    offs[1]?.();
    await tabs.clock.advance(100);
    expect(tabs.node.last.channels.has('other')).toBe(false);
  });

  it('that end without a word are noticed', async () => {
    const tabs = new Tabs();
    await tabs.open();
    const { page, client } = await tabs.open();
    client.channel('other').hold();
    await tabs.still();
    expect(tabs.node.last.channels.has('other')).toBe(true);
    tabs.browser.gone(page);
    await tabs.still();
    expect(tabs.node.last.channels.has('other')).toBe(false);
  });

  it('that come late have the present position, or go on from their own', async () => {
    const tabs = new Tabs();
    await tabs.open();
    tabs.node.publish('feed', 'a');
    tabs.node.publish('feed', 'b');
    await tabs.still();
    const late = await tabs.open();
    expect(late.client.channel('feed').position).toEqual({ epoch: 'e1', offset: 2 });
    const again: string[] = [];
    const back = await tabs.open();
    back.client
      .channel('more', { since: { epoch: 'e1', offset: 0 } })
      .on('message', ({ data }) => again.push(String(data)));
    tabs.node.publish('more', 'x');
    await tabs.still();
    const third = await tabs.open();
    third.client
      .channel('more', { since: { epoch: 'e1', offset: 0 } })
      .on('message', ({ data }) => again.push(String(data)));
    await tabs.still();
    expect(again).toEqual(['x', 'x']);
    expect(tabs.node.sent('history')).toEqual([]);
  });

  it('have of the history what the others have no more', async () => {
    const tabs = new Tabs();
    const first = await tabs.open();
    ['a', 'b', 'c'].forEach((data) => tabs.node.publish('more', data));
    first.client.channel('more').hold();
    await tabs.still();
    tabs.node.publish('more', 'd');
    tabs.node.answer = ({ type, since, channel }) => {
      const { offset } = (since ?? { offset: 0 }) as { readonly offset: number };
      const missed = tabs.node.subscribed({ channel, epoch: 'e1', offset });
      return type === 'history' ? { ...missed, type } : undefined;
    };
    const heard: string[] = [];
    const { client } = await tabs.open();
    client.channel('more', { since: { epoch: 'e1', offset: 1 } }).on('message', ({ data }) => heard.push(String(data)));
    await tabs.still();
    expect(heard).toEqual(['b', 'c', 'd']);
    expect(tabs.node.sent('history')).toMatchObject([{ since: { offset: 1 }, limit: 3 }]);
  });

  it('show the state of the connection, and recover with it', async () => {
    const tabs = new Tabs();
    const [one, two] = [await tabs.open(), await tabs.open()];
    tabs.node.last.drop(1006);
    await tabs.still();
    expect([one.client.state.value, two.client.state.value]).toEqual(['reconnecting', 'reconnecting']);
    tabs.node.publish('feed', 'missed');
    await tabs.clock.advance(1000);
    await tabs.still();
    expect([one.client.state.value, two.client.state.value]).toEqual(['connected', 'connected']);
    expect([one.told, two.told]).toEqual([['missed'], ['missed']]);
  });

  it('are all told why it ended for good', async () => {
    const tabs = new Tabs();
    const [one, two] = [await tabs.open(), await tabs.open()];
    tabs.node.last.drop(4401, 'revoked');
    await tabs.still();
    expect([one, two].map(({ client }) => client.error?.code)).toEqual([4401, 4401]);
    expect(two.client.state.value).toBe('error');
  });

  it('follow a leader that crashed, and nothing is lost or twice', async () => {
    const tabs = new Tabs();
    const [first, two, three] = [await tabs.open(), await tabs.open(), await tabs.open()];
    tabs.node.publish('feed', 'a');
    await tabs.still();
    // Its publish reaches the node; the answer does not reach the tab.
    tabs.node.answer = (frame) => {
      if (frame['type'] === 'publish') {
        tabs.node.stream('feed').keys.set(String(frame['key']), tabs.node.publish('feed', frame['data']));
        return null;
      }
      return undefined;
    };
    const receipt = two.client.channel('feed').publish('b');
    await tabs.still();
    tabs.node.answer = () => undefined;
    tabs.browser.gone(first.page);
    tabs.node.last.drop(1006);
    tabs.node.publish('feed', 'c');
    await tabs.still();
    expect(await receipt).toEqual({ position: { epoch: 'e1', offset: 2 }, duplicate: true });
    expect([two.told, three.told]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    expect(tabs.live).toBe(1);
    expect(two.states).toContain('reconnecting');
  });

  it('do not wait for a leader that is frozen, which steps down when it runs again', async () => {
    const tabs = new Tabs();
    const [first, two] = [await tabs.open(), await tabs.open()];
    first.page.frozen = true;
    await tabs.clock.advance(10_000);
    await tabs.still();
    expect(two.client.state.value).toBe('connected');
    tabs.node.publish('feed', 'a');
    await tabs.still();
    expect(two.told).toEqual(['a']);
    first.page.frozen = false;
    await tabs.clock.advance(10_000);
    await tabs.still();
    expect(first.told).toEqual(['a']);
    expect(tabs.live).toBe(1);
  });

  it('ask another tab for a token when the first one does not answer', async () => {
    const tabs = new Tabs();
    await tabs.open();
    const two = await tabs.open();
    await tabs.clock.advance(100);
    // The last to speak is the first that is asked.
    const three = await tabs.open({ getToken: () => new Promise<string>(() => undefined) });
    tabs.node.last.drop(4003);
    await tabs.clock.advance(1000 + 2000 * 2);
    await tabs.still();
    expect(tabs.live).toBe(1);
    expect([two, three].map(({ client }) => client.state.value)).toEqual(['connected', 'connected']);
  });

  it('rest one by one; the last one ends the connection', async () => {
    const tabs = new Tabs();
    const [one, two] = [await tabs.open(), await tabs.open()];
    one.surroundings.tell('frozen');
    await tabs.still();
    expect(one.client.state.value).toBe('disconnected');
    expect(two.client.state.value).toBe('connected');
    expect(tabs.live).toBe(1);
    tabs.node.publish('feed', 'a');
    two.surroundings.tell('frozen');
    await tabs.still();
    expect(tabs.live).toBe(0);
    one.surroundings.tell('thawed');
    await tabs.still();
    expect(one.told).toEqual(['a']);
  });

  it('publish what an ended tab has left', async () => {
    const tabs = new Tabs();
    let left: QueuedMessage[] = [];
    const store = (): OutboxStore => ({ load: () => left.splice(0), put: () => undefined, remove: () => undefined });
    await tabs.open({ outbox: { store: store() } });
    const ending = await tabs.open();
    const message = { order: 1, channel: 'feed', data: 'last words', meta: undefined, key: 'k' };
    tabs.browser.gone(ending.page);
    left = [{ ...message, traceparent: undefined, triedAt: undefined }];
    await tabs.clock.advance(1000);
    await tabs.still();
    expect(tabs.node.stream('feed').messages).toEqual(['last words']);
  });

  it('are subscribed together by the server', async () => {
    const tabs = new Tabs();
    const [one, two] = [await tabs.open(), await tabs.open()];
    const heard: unknown[] = [];
    [one, two].forEach(({ client }) => client.user.on('message', ({ data }) => heard.push(data)));
    tabs.node.last.channels.add('user:alice');
    tabs.node.last.push({ ...tabs.node.subscribed({ channel: 'user:alice' }) });
    tabs.node.publish('user:alice', 'for you');
    const late = await tabs.open();
    late.client.user.on('message', ({ data }) => heard.push(data));
    tabs.node.publish('user:alice', 'for all');
    await tabs.still();
    expect(heard).toEqual(['for you', 'for you', 'for all', 'for all', 'for all']);
  });
});
