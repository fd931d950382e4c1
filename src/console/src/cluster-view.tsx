import { drain } from './actions';
import type { Node } from './api';
import { Charts } from './charts';
import { useConfirm } from './confirm';
import { bytes, count, duration, millis, percent } from './format';
import { useCluster, useDesk } from './hooks';
import { Figure, Health, Mark, NodeLink, Problem } from './parts';

export function ClusterView() {
  const { cluster, view } = useCluster();
  const most = Math.max(1, ...view.nodes.map(({ connections }) => connections));
  return (
    <>
      <h1>Cluster</h1>
      <Problem text={view.error} />
      <Summary nodes={view.nodes} />
      <section class="nodes" aria-label="Nodes" data-testid="nodes">
        {view.nodes.map((node) => (
          <NodeCard
            key={node.id}
            node={node}
            most={most}
            last={isLast(view.nodes, node)}
            changed={() => void cluster.refresh()}
          />
        ))}
      </section>
      <Charts />
    </>
  );
}

export function NodeView({ id }: { readonly id: string }) {
  const { cluster, view } = useCluster();
  const node = view.nodes.find((one) => one.id === id);
  return (
    <>
      <h1>
        Node <span class="id">{id}</span>
      </h1>
      {node === undefined ? (
        <Problem text={view.now === 0 ? '' : 'This node is not in the cluster any more.'} />
      ) : (
        <section class="nodes alone">
          <NodeCard
            node={node}
            most={Math.max(1, node.connections)}
            last={isLast(view.nodes, node)}
            changed={() => void cluster.refresh()}
          />
        </section>
      )}
      <Charts node={id} />
    </>
  );
}

const isLast = (nodes: readonly Node[], node: Node): boolean =>
  !nodes.some(({ id, health }) => id !== node.id && (health === 'ready' || health === 'unsafe'));

function Summary({ nodes }: { readonly nodes: readonly Node[] }) {
  const heard = nodes.flatMap(({ now }) => now ?? []);
  const total = (of: (sample: (typeof heard)[number]) => number): number =>
    heard.reduce((sum, one) => sum + of(one), 0);
  const worst = (of: (sample: (typeof heard)[number]) => number | undefined): number | undefined =>
    heard.length === 0 ? undefined : Math.max(...heard.map((one) => of(one) ?? 0));
  const ready = nodes.filter(({ health }) => health === 'ready').length;
  const safe = heard.length === nodes.length && heard.every(({ partitions_safe }) => partitions_safe);
  const slow = total(({ backlog_sockets }) => backlog_sockets);
  return (
    <dl class="figures" data-testid="summary">
      <Figure label="Nodes ready" tone={ready === nodes.length ? '' : 'busy'}>
        <span data-testid="ready">
          {ready} of {nodes.length}
        </span>
      </Figure>
      <Figure label="Partitions" tone={safe ? '' : 'busy'}>
        {nodes.length === 0 ? '–' : safe ? 'safe' : 'not safe'}
      </Figure>
      <Figure label="Connections">{count(total(({ connections }) => connections))}</Figure>
      <Figure label="In per second">{count(total((sample) => sample.publishes_per_second))}</Figure>
      <Figure label="Out per second">{count(total((sample) => sample.deliveries_per_second))}</Figure>
      <Figure label="To socket, p99">{millis(worst(({ write_ms }) => write_ms?.p99))}</Figure>
      <Figure label="Waiting publishes">{count(total(({ publishes_waiting }) => publishes_waiting))}</Figure>
      <Figure label="Stalled sockets" tone={slow > 0 ? 'busy' : ''}>
        {count(slow)}
      </Figure>
    </dl>
  );
}

interface CardProps {
  readonly node: Node;
  /** The most connections that a node has. */
  readonly most: number;
  /** Whether no other takes clients. */
  readonly last: boolean;
  readonly changed: () => void;
}

function NodeCard({ node, most, last, changed }: CardProps) {
  const { api } = useDesk().session;
  const confirm = useConfirm();
  const { now } = node;
  return (
    <article class="card node" data-testid="node" data-id={node.id} data-health={node.health}>
      <header>
        <h2>
          <NodeLink id={node.id} />
        </h2>
        <Health health={node.health} />
      </header>
      <p class="faint">
        {node.url === '' ? node.http : node.url} · {node.version} · up {duration(node.uptime_ms)}
      </p>
      <Bar label="Connections" share={node.connections / most} value={count(node.connections)} />
      <Bar bounded label="CPU" share={node.cpu / 2} value={percent(now?.cpu ?? node.cpu)} />
      <Bar
        bounded
        label="Heap"
        share={now === undefined ? 0 : now.heap_used_bytes / now.heap_max_bytes}
        value={bytes(now?.heap_used_bytes ?? node.heap_used_bytes)}
      />
      <p class="numbers">
        <span>
          in <b>{count(now?.publishes_per_second)}</b>/s
        </span>
        <span>
          out <b>{count(now?.deliveries_per_second)}</b>/s
        </span>
        <span>
          channels <b>{count(now?.channels)}</b>
        </span>
      </p>
      <footer>
        <span class="marks">
          {now === undefined ? (
            <Mark tone="bad">no answer</Mark>
          ) : (
            <>
              <Mark tone={now.partitions_safe ? 'good' : 'busy'}>
                {now.partitions_safe ? 'partitions safe' : 'copies missing'}
              </Mark>
              {!now.majority && <Mark tone="bad">no majority</Mark>}
            </>
          )}
        </span>
        <button
          class="quiet small"
          disabled={node.draining || now === undefined}
          onClick={() => confirm({ ...drain(api, node.id, last), done: changed })}
        >
          Drain
        </button>
      </footer>
    </article>
  );
}

interface BarProps {
  readonly label: string;
  readonly share: number;
  readonly value: string;
  /** Whether much of it is a worry. */
  readonly bounded?: boolean;
}

function Bar({ label, share, value, bounded = false }: BarProps) {
  return (
    <div class="bar">
      <span>{label}</span>
      <meter min={0} max={1} high={bounded ? 0.85 : 1} value={Math.min(1, share)} aria-label={label} />
      <b>{value}</b>
    </div>
  );
}
