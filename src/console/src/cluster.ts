// The nodes as they stand now and stood in the last hour, kept up to date while somebody looks.
import type { Client } from 'carillon-client';
import type { Api, Node, NodeSample } from './api';
import { NodeSeries, stepsUntil, sum, type Step } from './series';
import type { OperatorApi } from './session';

/** Between two questions for what nodes do not tell by themselves, in milliseconds. */
const ASK_EVERY_MS = 5000;
const HOUR = 720;

export interface View {
  readonly nodes: readonly Node[];
  /** When something was last heard, by the clock of nodes; 0 before. */
  readonly now: number;
  readonly error: string;
}

export class Cluster {
  readonly #series = new Map<string, NodeSeries>();
  readonly #observers = new Set<() => void>();
  #view: View = { nodes: [], now: 0, error: '' };
  #timer: ReturnType<typeof setInterval> | undefined;
  #release = (): void => {};

  constructor(
    private readonly api: Api,
    private readonly client: Client<OperatorApi>,
  ) {}

  get view(): View {
    return this.#view;
  }

  subscribe(observer: () => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  start(): void {
    this.#release = this.client.channel('$nodes').on('message', ({ data }) => this.#heard(data));
    this.#timer = setInterval(() => void this.refresh(), ASK_EVERY_MS);
    void this.refresh();
  }

  stop(): void {
    this.#release();
    clearInterval(this.#timer);
  }

  async refresh(): Promise<void> {
    if (document.hidden && this.#view.now > 0) return;
    try {
      const { nodes } = await this.api.call('/api/nodes', {});
      await Promise.all(nodes.filter(({ id }) => !this.#series.has(id)).map(({ id }) => this.#recall(id)));
      this.#show({ nodes, error: '', now: Math.max(this.#view.now, ...nodes.map(({ now }) => now?.at ?? 0)) });
    } catch (failure) {
      this.#show({ ...this.#view, error: (failure as Error).message });
    }
  }

  /** The last `count` steps of a node, or of all together, without empty ones before the first, but `least` at least. */
  steps(
    count: number,
    least: number,
    node?: string,
  ): { readonly times: number[]; readonly steps: (Step | undefined)[] } {
    const times = stepsUntil(this.#view.now, count);
    const of = node === undefined ? [...this.#series.values()] : [this.#series.get(node)];
    const steps = times.map((time) => sum(of.map((series) => series?.at(time))));
    const first = steps.findIndex((step) => step !== undefined);
    const from = Math.min(first < 0 ? count : first, Math.max(0, count - least));
    return { times: times.slice(from), steps: steps.slice(from) };
  }

  async #recall(id: string): Promise<void> {
    const series = new NodeSeries(HOUR);
    this.#series.set(id, series);
    try {
      const { samples } = await this.api.call('/api/nodes/{id}/series', { samples: HOUR }, id);
      samples.forEach((sample) => series.add(sample));
    } catch {
      // A node that does not answer now is asked again.
      this.#series.delete(id);
    }
  }

  #heard(sample: NodeSample): void {
    const known = this.#view.nodes.some(({ id }) => id === sample.node);
    this.#series.get(sample.node)?.add(sample);
    const nodes = this.#view.nodes.map((node) => (node.id === sample.node ? withSample(node, sample) : node));
    this.#show({ ...this.#view, nodes, now: Math.max(this.#view.now, sample.at) });
    if (!known) void this.refresh();
  }

  #show(view: View): void {
    this.#view = view;
    this.#observers.forEach((observer) => observer());
  }
}

const withSample = (node: Node, now: NodeSample): Node => ({
  ...node,
  now,
  draining: now.draining,
  connections: now.connections,
  uptime_ms: now.at - node.started_at,
});
