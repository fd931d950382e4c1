// How the cluster stood over time: samples of nodes in steps of five seconds, and their sum.
import type { NodeSample } from './api';

/** As nodes keep their samples. */
export const STEP_MS = 5000;

/** What charts show. Gauges are the last of a step, rates its mean, percentiles its worst. */
const GAUGES = [
  'connections',
  'publishes_waiting',
  'backlog_bytes',
  'backlog_sockets',
  'link_bytes',
  'cpu',
  'heap_used_bytes',
] as const;
const RATES = [
  'frames_in_per_second',
  'publishes_per_second',
  'deliveries_per_second',
  'logins_per_second',
  'returns_per_second',
  'losses_per_second',
  'refusals_per_second',
  'slow_closes_per_second',
  'slow_drops_per_second',
] as const;
type Latency = Readonly<Record<'p50' | 'p95' | 'p99', number>>;

/** How a node, or all of them, stood in one step. */
export type Step = Readonly<Record<(typeof GAUGES)[number] | (typeof RATES)[number], number>> & {
  readonly publish: Latency | undefined;
  readonly write: Latency | undefined;
  /** Sockets closed in it, by code. */
  readonly closes: Readonly<Record<string, number>>;
};

interface Open {
  readonly step: Step;
  /** How much time its rates are the mean of. */
  readonly ms: number;
}

/** The samples of one node, at most so many steps; an older one than the newest step is dropped. */
export class NodeSeries {
  readonly #steps = new Map<number, Open>();
  #newest = -Infinity;

  constructor(private readonly capacity = 720) {}

  add(sample: NodeSample): void {
    const at = stepOf(sample.at);
    if (at < this.#newest) return;
    this.#newest = at;
    const before = this.#steps.get(at);
    this.#steps.set(at, { step: merged(before, sample), ms: (before?.ms ?? 0) + sample.interval_ms });
    while (this.#steps.size > this.capacity) {
      const [oldest] = this.#steps.keys();
      this.#steps.delete(oldest ?? 0);
    }
  }

  at(step: number): Step | undefined {
    return this.#steps.get(step)?.step;
  }

  get newest(): number {
    return this.#newest;
  }
}

/** The step that a time is in, in milliseconds since 1970. */
export const stepOf = (at: number): number => Math.floor(at / STEP_MS) * STEP_MS;

/** `count` steps that end with the one of `now`. */
export const stepsUntil = (now: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => stepOf(now) - (count - 1 - i) * STEP_MS);

/** The sum over nodes, and the worst latency among them; undefined where nobody tells anything. */
export function sum(steps: readonly (Step | undefined)[]): Step | undefined {
  const known = steps.filter((step) => step !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  return known.slice(1).reduce<Step>(
    (all, one) => ({
      ...figures((name) => all[name] + one[name]),
      publish: worst(all.publish, one.publish),
      write: worst(all.write, one.write),
      closes: together(all.closes, one.closes),
    }),
    first,
  );
}

/** The close codes of some steps with the most closes, most first. */
export function codesOf(steps: readonly (Step | undefined)[]): { readonly code: string; readonly count: number }[] {
  const all = steps.reduce<Readonly<Record<string, number>>>((sum, step) => together(sum, step?.closes ?? {}), {});
  return Object.entries(all)
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || Number(a.code) - Number(b.code));
}

function merged(before: Open | undefined, sample: NodeSample): Step {
  const share = before === undefined ? 1 : sample.interval_ms / (before.ms + sample.interval_ms);
  const mean = (old: number | undefined, now: number): number => (old ?? 0) * (1 - share) + now * share;
  return {
    ...figures((name) => (isRate(name) ? mean(before?.step[name], sample[name]) : sample[name])),
    publish: worst(before?.step.publish, sample.publish_ms ?? undefined),
    write: worst(before?.step.write, sample.write_ms ?? undefined),
    closes: together(before?.step.closes ?? {}, sample.closes),
  };
}

type Figure = (typeof GAUGES)[number] | (typeof RATES)[number];

const isRate = (name: Figure): boolean => (RATES as readonly string[]).includes(name);

const figures = (of: (name: Figure) => number): Readonly<Record<Figure, number>> =>
  Object.fromEntries([...GAUGES, ...RATES].map((name) => [name, of(name)])) as Record<Figure, number>;

function worst(a: Partial<Latency> | undefined, b: Partial<Latency> | undefined): Latency | undefined {
  if (a === undefined && b === undefined) return undefined;
  const worse = (name: keyof Latency): number => Math.max(a?.[name] ?? 0, b?.[name] ?? 0);
  return { p50: worse('p50'), p95: worse('p95'), p99: worse('p99') };
}

function together(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const all = { ...a };
  for (const [code, count] of Object.entries(b)) all[code] = (all[code] ?? 0) + count;
  return all;
}
