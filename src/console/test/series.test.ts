import { describe, expect, it } from 'vitest';
import type { NodeSample } from '../src/api';
import { codesOf, NodeSeries, stepsUntil, sum } from '../src/series';

const sample = (at: number, told: Partial<NodeSample> = {}): NodeSample => ({
  node: 'n1',
  at,
  interval_ms: 1000,
  ready: true,
  majority: true,
  partitions_safe: true,
  draining: false,
  connections: 0,
  subscriptions: 0,
  channels: 0,
  opens_per_second: 0,
  logins_per_second: 0,
  returns_per_second: 0,
  recoveries_per_second: 0,
  losses_per_second: 0,
  closes: {},
  frames_in_per_second: 0,
  publishes_per_second: 0,
  deliveries_per_second: 0,
  refusals_per_second: 0,
  publish_ms: null,
  write_ms: null,
  publishes_waiting: 0,
  backlog_bytes: 0,
  backlog_sockets: 0,
  link_bytes: 0,
  slow_closes_per_second: 0,
  slow_drops_per_second: 0,
  cpu: 0,
  heap_used_bytes: 0,
  heap_max_bytes: 1,
  ...told,
});

const latency = (p99: number): NonNullable<NodeSample['write_ms']> => ({ p50: 1, p95: 2, p99, max: p99 });

describe('the samples of a node', () => {
  it('make steps: the last of what stands, the mean of what flows, the worst of what takes time', () => {
    const series = new NodeSeries();
    series.add(sample(10_000, { connections: 5, publishes_per_second: 10, write_ms: latency(7), closes: { 1000: 1 } }));
    series.add(
      sample(11_000, { connections: 4, publishes_per_second: 40, interval_ms: 2000, closes: { 1000: 2, 4004: 1 } }),
    );
    series.add(sample(14_999, { connections: 3, publishes_per_second: 0, write_ms: latency(5) }));

    expect(series.at(10_000)).toMatchObject({
      connections: 3,
      publishes_per_second: 22.5,
      write: { p50: 1, p95: 2, p99: 7 },
      publish: undefined,
      closes: { 1000: 3, 4004: 1 },
    });
    expect(series.at(15_000)).toBeUndefined();
  });

  it('are kept up to a bound, and an older one changes nothing', () => {
    const series = new NodeSeries(2);
    for (const at of [10_000, 15_000, 20_000]) series.add(sample(at, { connections: 1 }));
    series.add(sample(15_000, { connections: 9 }));

    expect(series.at(10_000)).toBeUndefined();
    expect(series.at(15_000)).toMatchObject({ connections: 1 });
    expect(series.newest).toBe(20_000);
  });
});

describe('all nodes together', () => {
  it('are the sum, with the worst latency', () => {
    const [one, two] = [new NodeSeries(), new NodeSeries()];
    one.add(sample(0, { connections: 2, publish_ms: latency(3), closes: { 1006: 1 } }));
    two.add(sample(0, { connections: 5, publish_ms: latency(9), closes: { 1006: 1 } }));

    expect(sum([one.at(0), undefined, two.at(0)])).toMatchObject({
      connections: 7,
      publish: { p99: 9 },
      write: undefined,
      closes: { 1006: 2 },
    });
    expect(sum([undefined, undefined])).toBeUndefined();
  });

  it('have their close codes counted, most first', () => {
    const series = new NodeSeries();
    series.add(sample(0, { closes: { 1006: 1, 4004: 3 } }));
    series.add(sample(5000, { closes: { 1006: 1, 1001: 2 } }));

    expect(codesOf([series.at(0), undefined, series.at(5000)])).toEqual([
      { code: '4004', count: 3 },
      { code: '1001', count: 2 },
      { code: '1006', count: 2 },
    ]);
  });

  it('are drawn in steps that end now', () => {
    expect(stepsUntil(21_234, 3)).toEqual([10_000, 15_000, 20_000]);
  });
});
