// The six charts of a node, or of all together.
import { useState } from 'preact/hooks';
import { Chart } from './chart';
import { meaningOf } from './codes';
import { bytes, count, millis } from './format';
import { useCluster } from './hooks';
import { codesOf, STEP_MS, type Step } from './series';

const RANGES = [
  { label: '10 min', steps: 120 },
  { label: '1 h', steps: 720 },
] as const;

/** A cluster that has just begun is not drawn at the edge of an empty chart. */
const LEAST = 24;

/** @param node its id; all nodes without one */
export function Charts({ node }: { readonly node?: string }) {
  const { cluster } = useCluster();
  const [range, setRange] = useState(0);
  const { times, steps } = cluster.steps(RANGES[range]?.steps ?? 120, LEAST, node);
  const of = (figure: (step: Step) => number | undefined): (number | null)[] =>
    steps.map((step) => (step === undefined ? null : (figure(step) ?? null)));
  const codes = codesOf(steps);
  const worst = node === undefined ? ', worst node' : '';
  return (
    <section class="charts" aria-label="Over time">
      <div class="choice" role="group" aria-label="Range">
        {RANGES.map(({ label }, i) => (
          <button key={label} class="quiet" aria-pressed={i === range} onClick={() => setRange(i)}>
            {label}
          </button>
        ))}
      </div>
      <Chart
        title="Connections"
        times={times}
        show={count}
        curves={[{ label: 'open', values: of((step) => step.connections), fill: true }]}
      />
      <Chart
        title="Messages per second"
        times={times}
        show={count}
        curves={[
          { label: 'out', values: of((step) => step.deliveries_per_second), fill: true },
          { label: 'in', values: of((step) => step.publishes_per_second), colour: 2 },
          { label: 'refused', values: of((step) => step.refusals_per_second), colour: 4 },
        ]}
      />
      <Chart
        title={`Publish to socket${worst}`}
        times={times}
        show={millis}
        least={10}
        curves={[
          { label: 'p50', values: of((step) => step.write?.p50), dots: true },
          { label: 'p95', values: of((step) => step.write?.p95), colour: 3, dots: true },
          { label: 'p99', values: of((step) => step.write?.p99), colour: 4, dots: true },
          { label: 'ack p99', values: of((step) => step.publish?.p99), colour: 2, dots: true },
        ]}
      />
      <Chart
        title="Queues"
        times={times}
        show={bytes}
        least={1024}
        binary
        curves={[
          { label: 'slow sockets', values: of((step) => step.backlog_bytes), fill: true },
          { label: 'other nodes', values: of((step) => step.link_bytes), colour: 2 },
        ]}
      />
      <Chart
        title="Slow consumers"
        times={times}
        show={count}
        curves={[
          { label: 'stalled', values: of((step) => step.backlog_sockets), fill: true },
          { label: 'closed/s', values: of((step) => step.slow_closes_per_second), colour: 4 },
          { label: 'dropped/s', values: of((step) => step.slow_drops_per_second), colour: 3 },
        ]}
      />
      <Chart
        title="Logins per second"
        times={times}
        show={count}
        curves={[
          { label: 'all', values: of((step) => step.logins_per_second), fill: true },
          { label: 'returns', values: of((step) => step.returns_per_second), colour: 2 },
          { label: 'not recovered', values: of((step) => step.losses_per_second), colour: 4 },
        ]}
      />
      <Chart
        title="Closes per second, by code"
        times={times}
        show={count}
        curves={codes.slice(0, 6).map(({ code }) => ({
          label: code,
          values: of((step) => ((step.closes[code] ?? 0) * 1000) / STEP_MS),
        }))}
      />
      <div class="chart codes">
        <table>
          <caption>Close codes of the last {RANGES[range]?.label}</caption>
          <tbody>
            {codes.length === 0 && (
              <tr>
                <td class="faint">none</td>
              </tr>
            )}
            {codes.slice(0, 7).map(({ code, count: many }) => (
              <tr key={code}>
                <td class="number">{code}</td>
                <td>{meaningOf(code)}</td>
                <td class="number">{count(many)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
