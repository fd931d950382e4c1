'use client';

import { hashKey, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Client } from '../client.js';
import { useLatest } from './hooks.js';
import { useClient } from './provider.js';

/** By the `type` of a message's data: the key of the queries that it makes stale, or what finds that key in the data. */
export type StaleKeys = Readonly<Record<string, QueryKey | ((data: never) => QueryKey)>>;

/**
 * Makes cached queries stale when the channel says so, while the component is mounted; the personal channel unless one is
 * named. After a gap nobody knows what was said: all of these keys are stale, and all queries if one has to be found.
 */
export function useInvalidation(keys: StaleKeys, channel?: string): void {
  const client: Client = useClient();
  const queries = useQueryClient();
  const source = channel === undefined ? client.user : client.channel(channel);
  const latest = useLatest(keys);
  useEffect(() => {
    const stale = new Stale(queries);
    const offs = [
      source.on('message', ({ data }) => {
        const type = (data as { readonly type?: unknown } | null)?.type;
        const key = typeof type === 'string' && Object.hasOwn(latest.current, type) ? latest.current[type] : undefined;
        if (key !== undefined) {
          stale.add(typeof key === 'function' ? key(data as never) : key);
        }
      }),
      source.on('gap', () => {
        const all = Object.values(latest.current).map((key) => (typeof key === 'function' ? [] : key));
        (all.some((key) => key.length === 0) ? [[]] : all).forEach((key) => stale.add(key));
      }),
    ];
    return () => offs.forEach((off) => off());
  }, [source, queries, latest]);
}

/** Of what becomes stale in one turn, such as many messages that were missed, each key is invalidated once. */
class Stale {
  #keys = new Map<string, QueryKey>();

  constructor(private readonly queries: QueryClient) {}

  add(key: QueryKey): void {
    if (this.#keys.size === 0) {
      queueMicrotask(() => this.#invalidate());
    }
    this.#keys.set(hashKey(key), key);
  }

  #invalidate(): void {
    const keys = [...this.#keys.values()];
    this.#keys.clear();
    keys.forEach((queryKey) => void this.queries.invalidateQueries({ queryKey }));
  }
}
