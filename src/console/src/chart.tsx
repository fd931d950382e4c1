// A chart of one moment under another: uPlot, in the colours of the page, with a legend that shows where the cursor is.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock } from './format';

export interface Curve {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Number of a colour of the page, 1 to 6. */
  readonly colour?: number;
  readonly fill?: boolean;
  /** Whether its values come one by one, with nothing between them. */
  readonly dots?: boolean;
}

interface Props {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
  readonly show: (value: number | null | undefined) => string;
  readonly height?: number;
  /** The least that the upper end of the axis is. */
  readonly least?: number;
  /** Whether values are bytes, so that steps of the axis are powers of two. */
  readonly binary?: boolean;
}

const SYNCED = 'console';
const AXIS = 52;
const POWERS_OF_TWO = Array.from({ length: 40 }, (_, i) => 2 ** i);

export function Chart({ title, times, curves, show, height = 150, least = 5, binary = false }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const scheme = useScheme();
  const shape = curves.map(({ label, fill }) => `${label}${fill === true}`).join('\n');
  const data = [times.map((time) => time / 1000), ...curves.map(({ values }) => values)] as uPlot.AlignedData;

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, curves, { show, height, least, binary }, setCursor), data, element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme, shape, height]);
  useEffect(() => plot.current?.setData(data));

  const at = cursor ?? times.length - 1;
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <time>{cursor === null ? '' : clock(times[cursor] ?? 0)}</time>
        <ul>
          {curves.map(({ label, values, colour }, i) => (
            <li key={label}>
              <i class={`key c${colour ?? (i % 6) + 1}`} />
              {label} <b>{show(cursor === null ? latest(values) : values[at])}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={frame} role="img" aria-label={`${title} over time`} />
    </figure>
  );
}

/** The newest that is known: the step of now may not have come yet. */
const latest = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

function optionsOf(
  element: HTMLElement,
  curves: readonly Curve[],
  { show, height, least, binary }: Required<Pick<Props, 'show' | 'height' | 'least' | 'binary'>>,
  moved: (at: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--faint'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, sync: { key: SYNCED } },
    scales: { y: { range: (_, __, max) => [0, Math.max(least, max * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 70,
        values: (_, ticks) => ticks.map((at) => timeOf(at, ticks)),
      },
      {
        ...axis,
        grid: line,
        size: AXIS,
        space: 36,
        values: (_, ticks) => ticks.map((value) => show(value)),
        ...(binary ? { incrs: POWERS_OF_TWO } : {}),
      },
    ],
    series: [
      {},
      ...curves.map(({ label, colour: number, fill, dots }, i) => {
        const stroke = colour(`--c${number ?? (i % 6) + 1}`);
        return {
          label,
          stroke,
          width: 1.5,
          points: { show: dots === true, size: 3, fill: stroke },
          ...(fill === true ? { fill: `color-mix(in srgb, ${stroke} 14%, transparent)` } : {}),
        };
      }),
    ],
    hooks: {
      setCursor: [({ cursor }) => moved(cursor.left === undefined || cursor.left < 0 ? null : (cursor.idx ?? null))],
    },
  };
}

/** With seconds where ticks are closer than a minute. */
const timeOf = (at: number, [first = 0, second = 60]: number[]): string =>
  clock(at * 1000).slice(0, second - first < 60 ? 8 : 5);

function useScheme(): boolean {
  const [dark, setDark] = useState(false);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = (): void => setDark(query.matches);
    changed();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return dark;
}
