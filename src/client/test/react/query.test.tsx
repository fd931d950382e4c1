// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { expect, it } from 'vitest';
import { useInvalidation, type StaleKeys } from '../../lib/react/query.js';
import type { FakeNode } from '../testing/fake-node.js';
import { cleanConsole, happens, shown, strictly } from '../testing/react.js';
import { setup, type Setup } from '../testing/setup.js';
import type { TestClock } from '../testing/test-clock.js';

cleanConsole();

/** A page with three queries, which counts what it reads. */
async function page(keys: StaleKeys, channel?: string): Promise<Setup & { reads: Record<string, number> }> {
  const all = setup();
  const reads: Record<string, number> = {};
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const Query = ({ queryKey }: { readonly queryKey: readonly unknown[] }): ReactElement => {
    const name = queryKey.join('/');
    useQuery({ queryKey, queryFn: () => (reads[name] = (reads[name] ?? 0) + 1) });
    return <p />;
  };
  const Page = (): ReactElement => {
    useInvalidation(keys, channel);
    return (
      <>
        <Query queryKey={['alerts']} />
        <Query queryKey={['orders', 7]} />
        <Query queryKey={['orders', 8]} />
      </>
    );
  };
  await strictly(
    all.client,
    <QueryClientProvider client={queries}>
      <Page />
    </QueryClientProvider>,
  );
  await expect.poll(() => reads).toEqual({ alerts: 1, 'orders/7': 1, 'orders/8': 1 });
  return { ...all, reads };
}

const KEYS: StaleKeys = {
  'alerts.changed': ['alerts'],
  'order.changed': ({ id }: { readonly id: number }) => ['orders', id],
};

it('reads again what an event made stale, and nothing else', async () => {
  const { node, reads } = await page(KEYS, 'changes');
  await happens(() => node.publish('changes', { type: 'alerts.changed' }));
  await expect.poll(() => reads).toEqual({ alerts: 2, 'orders/7': 1, 'orders/8': 1 });
  await happens(() => node.publish('changes', { type: 'order.changed', id: 8 }));
  await expect.poll(() => reads).toEqual({ alerts: 2, 'orders/7': 1, 'orders/8': 2 });
  await happens(() => ['__proto__', 'others.changed'].forEach((type) => node.publish('changes', { type })));
  await happens(() => node.publish('changes', { type: 'alerts.changed' }));
  await expect.poll(() => reads).toEqual({ alerts: 3, 'orders/7': 1, 'orders/8': 2 });
});

it('listens to the personal channel unless one is named', async () => {
  const { node, reads } = await page(KEYS);
  node.joinUser();
  await happens(() => node.publish('user:alice', { type: 'alerts.changed' }));
  await expect.poll(() => reads['alerts']).toBe(2);
});

it('reads once after many events that were missed', async () => {
  const { node, clock, reads } = await page(KEYS, 'changes');
  await happens(() => node.publish('changes', { type: 'order.changed', id: 7 }));
  await happens(() => node.last.drop(1006));
  for (let i = 0; i < 50; i++) {
    node.publish('changes', { type: 'alerts.changed' });
  }
  await shown(clock, 1000);
  await expect.poll(() => reads).toEqual({ alerts: 2, 'orders/7': 2, 'orders/8': 1 });
});

async function lose(node: FakeNode, clock: TestClock): Promise<void> {
  await happens(() => node.publish('changes', { type: 'none' }));
  node.lose('changes');
  await happens(() => node.last.drop(1006));
  await shown(clock, 1000);
}

it('trusts nothing after a gap', async () => {
  const { node, clock, reads } = await page({ 'alerts.changed': ['alerts'] }, 'changes');
  await lose(node, clock);
  await expect.poll(() => reads).toEqual({ alerts: 2, 'orders/7': 1, 'orders/8': 1 });
  const other = await page(KEYS, 'changes');
  await lose(other.node, other.clock);
  await expect.poll(() => other.reads).toEqual({ alerts: 2, 'orders/7': 2, 'orders/8': 2 });
});
