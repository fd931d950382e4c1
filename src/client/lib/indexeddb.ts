import type { OutboxStore, QueuedMessage } from './outbox-store.js';

export interface IndexedDbOptions {
  /** Names the database: one for each user of the application, so that nobody sends what another has written. */
  readonly name: string;
  /** `globalThis.indexedDB` unless set. */
  readonly indexedDB?: IDBFactory;
  /** `navigator.locks` unless set; where there are none, no two pages may use a name at the same time. */
  readonly locks?: LockManager | undefined;
}

type Stored = QueuedMessage & { readonly owner: string };

const STORE = 'messages';

/**
 * Keeps the outbox in IndexedDB, where it survives a reload and the browser's end. Each page owns what it queued, for as
 * long as it lives: it holds a lock, and what owners without a lock have left goes to the next page that loads.
 */
export function indexedDbStore(options: IndexedDbOptions): OutboxStore {
  const { name, indexedDB = globalThis.indexedDB } = options;
  const locks = 'locks' in options ? options.locks : (globalThis as { navigator?: Navigator }).navigator?.locks;
  const owner = Array.from(globalThis.crypto.getRandomValues(new Uint32Array(4))).join('-');
  const lockOf = (page: string): string => `carillon-outbox:${name}:${page}`;
  let opened: Promise<IDBDatabase> | undefined;

  const open = (): Promise<IDBDatabase> =>
    (opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(`carillon-outbox:${name}`, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
      request.onsuccess = () => {
        // Whoever deletes the database need not wait for this page.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error ?? new Error('IndexedDB cannot be opened'));
      request.onblocked = () => reject(new Error('IndexedDB is blocked'));
    }));

  async function run<T>(mode: IDBTransactionMode, step: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await open()).transaction(STORE, mode);
    return new Promise((resolve, reject) => {
      const request = step(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () =>
        reject(transaction.error ?? request.error ?? new Error('IndexedDB failed'));
    });
  }

  /** Holds the page's lock until the page ends; false if another has it. */
  const seize = (page: string): Promise<boolean> =>
    locks === undefined
      ? Promise.resolve(true)
      : new Promise((resolve, reject) => {
          locks
            .request(lockOf(page), { ifAvailable: true }, (lock) => {
              resolve(lock !== null);
              return lock === null ? undefined : new Promise<never>(() => {});
            })
            .catch(reject);
        });

  return {
    async load() {
      await seize(owner);
      const left = (await run('readonly', (store) => store.getAll())) as Stored[];
      const mine: Stored[] = [];
      for (const page of new Set(left.map((message) => message.owner))) {
        if (await seize(page)) {
          mine.push(...left.filter((message) => message.owner === page));
        }
      }
      // They stay under the name of their first owner, whose lock is held from now on.
      return mine.sort((a, b) => a.order - b.order);
    },
    async put(message) {
      await run('readwrite', (store) => store.put({ owner, ...message } satisfies Stored));
    },
    async remove({ key }) {
      await run('readwrite', (store) => store.delete(key));
    },
  };
}
