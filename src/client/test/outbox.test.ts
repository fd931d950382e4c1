import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { indexedDbStore } from '../lib/indexeddb.js';
import { CarillonError, type OutboxStore, type QueuedMessage, type Receipt } from '../lib/index.js';
import { connected, setup } from './testing/setup.js';
import { settled } from './testing/test-clock.js';

/** A page's locks: those of one page are free when it is gone. */
class TestLocks {
  #held = new Map<string, object>();

  of(page: object): LockManager {
    const request = (name: string, _: LockOptions, granted: LockGrantedCallback<unknown>): Promise<unknown> => {
      if (this.#held.has(name)) {
        return Promise.resolve(granted(null));
      }
      this.#held.set(name, page);
      return Promise.resolve(granted({ name, mode: 'exclusive' }));
    };
    return { request } as unknown as LockManager;
  }

  gone(page: object): void {
    this.#held = new Map([...this.#held].filter(([, holder]) => holder !== page));
  }
}

const tempo = { type: 'error', code: 101, error: 'unavailable', temporary: true, retry_after_ms: 0 };

describe('a publish', () => {
  it('resolves with its position', async () => {
    const { client } = await connected();
    await expect(client.channel('feed').publish({ text: 'x' })).resolves.toEqual({
      position: { epoch: 'e1', offset: 1 },
      duplicate: false,
    });
  });

  it('waits for a connection, in order', async () => {
    const { node, client } = setup();
    const receipts = [1, 2, 3].map((data) => client.channel('feed').publish(data));
    expect(client.queued).toBe(3);
    client.connect();
    await Promise.all(receipts);
    expect(node.stream('feed').messages).toEqual([1, 2, 3]);
    expect(client.queued).toBe(0);
  });

  it('whose acknowledgement is lost goes again with its key, and exists once', async () => {
    const { node, client, clock } = await connected();
    node.answer = (frame, connection) => {
      if (frame['type'] !== 'publish') {
        return undefined;
      }
      node.answer = () => undefined;
      node.stream('feed').keys.set(String(frame['key']), node.publish('feed', frame['data']));
      connection.drop(1006);
      return null;
    };
    const receipts = [1, 2, 3].map((data) => client.channel('feed').publish(data));
    await clock.advance(1000);
    expect(await Promise.all(receipts)).toMatchObject([
      { position: { offset: 1 }, duplicate: true },
      { position: { offset: 2 }, duplicate: false },
      { position: { offset: 3 }, duplicate: false },
    ]);
    expect(node.stream('feed').messages).toEqual([1, 2, 3]);
  });

  it('that is put off is repeated when the node says, and none overtakes it', async () => {
    const { node, client, clock } = await connected();
    let refusals = 0;
    node.answer = (frame) =>
      frame['type'] === 'publish' && frame['data'] === 1 && refusals++ < 2
        ? { ...tempo, code: 103, retry_after_ms: 700 }
        : undefined;
    const receipts = [1, 2].map((data) => client.channel('feed').publish(data));
    const other = client.channel('other').publish(9);
    await clock.advance(699);
    expect(node.stream('feed').messages).toEqual([]);
    expect(await other).toMatchObject({ duplicate: false });
    await clock.advance(701);
    await Promise.all(receipts);
    expect(node.stream('feed').messages).toEqual([1, 2]);
    expect(new Set(node.sent('publish').map(({ key }) => key)).size).toBe(3);
  });

  it('that is refused for good rejects, and the next goes on', async () => {
    const { node, client } = await connected();
    node.answer = (frame) =>
      frame['data'] === 1 ? { type: 'error', code: 207, error: 'data refused by the schema' } : undefined;
    const [first, second] = [1, 2].map((data) => client.channel('feed').publish(data));
    await expect(first).rejects.toMatchObject({ code: 207, temporary: false });
    await expect(second).resolves.toMatchObject({ position: { offset: 1 } });
  });

  it('that is never answered is repeated', async () => {
    const { node, client, clock } = await connected();
    let ignored = 0;
    node.answer = (frame) => (frame['type'] === 'publish' && ignored++ === 0 ? null : undefined);
    const receipt = client.channel('feed').publish(1);
    await clock.advance(22_000);
    await expect(receipt).resolves.toMatchObject({ position: { offset: 1 } });
  });

  it('with an unknown outcome is not repeated once its key may be forgotten', async () => {
    const { node, client, clock } = await connected({ outbox: { keyLifeMs: 5000 } });
    node.answer = (frame) => (frame['type'] === 'publish' ? null : undefined);
    const outcome = client
      .channel('feed')
      .publish(1)
      .catch((error: unknown) => error);
    await settled();
    node.reachable = false;
    node.last.drop(1006);
    await clock.advance(10_000);
    node.reachable = true;
    node.answer = () => undefined;
    const next = client.channel('feed').publish(2);
    await clock.advance(30_000);
    expect(await outcome).toMatchObject({ code: 6 });
    await next;
    expect(node.stream('feed').messages).toEqual([2]);
  });

  it('beyond the capacity rejects at once', async () => {
    const { client } = setup({ outbox: { capacity: 2 } });
    const publish = (): Promise<Receipt> => client.channel('feed').publish(1);
    void publish();
    void publish();
    await expect(publish()).rejects.toMatchObject({ code: 5, temporary: true });
  });

  it('is given up with all that wait, and what comes later is published', async () => {
    const indexedDB = new IDBFactory();
    const store = (): OutboxStore => indexedDbStore({ name: 'alice', indexedDB });
    const { node, client } = setup({ outbox: { store: store() } });
    const publish = (data: number): Promise<unknown> =>
      client
        .channel('feed')
        .publish(data)
        .catch((error: unknown) => (error as CarillonError).code);
    const before = [publish(1), publish(2)];
    const discarded = client.discard();
    const after = publish(3);
    expect(await Promise.all(before)).toEqual([7, 7]);
    await discarded;
    expect(client.queued).toBe(1);
    client.connect();
    expect(await after).toMatchObject({ position: { offset: 1 } });
    await client.stored();
    expect(node.stream('feed').messages).toEqual([3]);
    expect(await store().load()).toEqual([]);
  });

  it('on its way when all are given up disturbs none that comes later', async () => {
    const { node, client } = await connected();
    node.answer = (frame) => (frame['data'] === 1 ? null : undefined);
    const first = client.channel('feed').publish(1);
    await settled();
    await Promise.all([client.discard(), expect(first).rejects.toMatchObject({ code: 7, temporary: false })]);
    node.answer = (frame) => (frame['data'] === 2 ? null : undefined);
    const second = client.channel('feed').publish(2);
    await settled();
    node.last.push({ type: 'ack', id: node.sent('publish')[0]?.['id'], channel: 'feed' });
    expect(client.queued).toBe(1);
    node.last.push({ type: 'ack', id: node.sent('publish')[1]?.['id'], channel: 'feed' });
    await expect(second).resolves.toMatchObject({ duplicate: false });
    expect(client.queued).toBe(0);
  });

  it('is what the data were when it was called, and no larger than a node reads', async () => {
    const { node, client } = setup();
    const data = { text: 'now' };
    const receipt = client.channel('feed').publish(data);
    data.text = 'later';
    const large = client.channel('feed').publish('ü'.repeat(40_000));
    await expect(large).rejects.toMatchObject({ code: 209 });
    await expect(client.channel('feed').publish(undefined)).rejects.toMatchObject({ code: 200 });
    await expect(client.channel('feed').publish(1n)).rejects.toMatchObject({ code: 200 });
    client.connect();
    await receipt;
    expect(node.stream('feed').messages).toEqual([{ text: 'now' }]);
  });

  it('of bytes announces them', async () => {
    const { node, client } = await connected();
    await client.channel('audio').publish(Uint8Array.of(1, 2), { meta: { rate: 8000 } });
    expect(node.last.frames.slice(-2)).toMatchObject([
      { type: 'publish', binary: true, meta: { rate: 8000 } },
      { type: 'bytes', bytes: [1, 2] },
    ]);
  });

  it('that is not to be queued rejects without a connection', async () => {
    const { client, node } = setup();
    await expect(client.channel('feed').publish(1, { queue: false })).rejects.toBeInstanceOf(CarillonError);
    client.connect();
    await settled();
    await expect(client.channel('feed').publish(1, { queue: false })).resolves.toMatchObject({ duplicate: false });
    expect(node.stream('feed').messages).toEqual([1]);
  });

  it('carries the trace of its caller', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { node, client } = await connected({ traceparent: () => traceparent });
    const heard: unknown[] = [];
    client.channel('feed').on('message', (message) => heard.push(message.traceparent));
    await client.channel('feed').subscribed();
    await client.channel('feed').publish(1);
    expect(node.sent('publish')).toMatchObject([{ traceparent }]);
    node.publish('feed', 'without');
    expect(heard).toEqual([traceparent, undefined]);
  });
});

describe('an outbox in IndexedDB', () => {
  const open = (indexedDB: IDBFactory, locks: LockManager | undefined): OutboxStore =>
    indexedDbStore({ name: 'alice', indexedDB, locks });

  it('survives a reload: what was queued offline is published once, in order', async () => {
    const indexedDB = new IDBFactory();
    const locks = new TestLocks();
    const [first, second] = [{}, {}];
    const before = setup({ outbox: { store: open(indexedDB, locks.of(first)) } });
    for (let i = 0; i < 50; i++) void before.client.channel('feed').publish(i);
    await before.client.stored();
    locks.gone(first);

    const after = setup({ outbox: { store: open(indexedDB, locks.of(second)) } });
    const delivered: QueuedMessage[] = [];
    after.client.on('delivered', ({ message }) => delivered.push(message));
    const late = after.client.channel('feed').publish(50);
    after.client.connect();
    await late;
    expect(after.node.stream('feed').messages).toEqual(Array.from({ length: 51 }, (_, i) => i));
    expect(delivered.map(({ data }) => data)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    await after.client.stored();
    expect(await open(indexedDB, undefined).load()).toEqual([]);
  });

  it('knows after a reload that a message was taken already', async () => {
    const indexedDB = new IDBFactory();
    const before = await connected({ outbox: { store: open(indexedDB, undefined) } });
    before.node.answer = (frame) => {
      if (frame['type'] === 'publish') {
        before.node.stream('feed').keys.set(String(frame['key']), before.node.publish('feed', frame['data']));
        return null;
      }
      return undefined;
    };
    void before.client.channel('feed').publish('once');
    await before.client.stored();
    await expect.poll(() => before.node.sent('publish')).toHaveLength(1);

    const after = setup({ transport: before.node.transport, outbox: { store: open(indexedDB, undefined) } });
    before.node.answer = () => undefined;
    const delivered: Receipt[] = [];
    after.client.on('delivered', ({ receipt }) => delivered.push(receipt));
    after.client.connect();
    await expect.poll(() => delivered).toMatchObject([{ duplicate: true, position: { offset: 1 } }]);
    expect(before.node.stream('feed').messages).toEqual(['once']);
  });

  it('leaves a living page its own', async () => {
    const indexedDB = new IDBFactory();
    const locks = new TestLocks();
    const first = setup({ outbox: { store: open(indexedDB, locks.of({})) } });
    void first.client.channel('feed').publish('mine');
    await first.client.stored();
    const second = await connected({ outbox: { store: open(indexedDB, locks.of({})) } });
    await second.client.stored();
    await second.client.channel('feed').publish('yours');
    expect(second.node.stream('feed').messages).toEqual(['yours']);
  });

  it('that never opens does not keep messages from being published', async () => {
    const store: OutboxStore = { load: () => new Promise(() => {}), put: () => {}, remove: () => {} };
    const { client, clock, reports } = await connected({ outbox: { store } });
    const receipt = client.channel('feed').publish(1);
    await clock.advance(5000);
    await expect(receipt).resolves.toMatchObject({ position: { offset: 1 } });
    expect(reports).toContainEqual({ type: 'store-failed', message: 'the outbox could not be read in time' });
  });

  it('that fails does not keep messages from being published', async () => {
    const broken = {
      open: () => {
        throw new Error('private mode');
      },
    } as unknown as IDBFactory;
    const { client, node, reports } = await connected({ outbox: { store: open(broken, undefined) } });
    await client.channel('feed').publish(1);
    expect(node.stream('feed').messages).toEqual([1]);
    expect(reports).toContainEqual({ type: 'store-failed', message: 'private mode' });
  });
});
