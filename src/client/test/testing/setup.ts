import { connect, type Client, type ConnectOptions, type Report, type Surroundings } from '../../lib/index.js';
import { FakeNode } from './fake-node.js';
import { settled, TestClock } from './test-clock.js';

type Told = Parameters<Parameters<Surroundings['watch']>[0]>[0];

/** What the page is told, by the test. */
export class TestSurroundings implements Surroundings {
  online = true;
  hidden = false;
  #listener: (event: Told) => void = () => undefined;

  watch(listener: (event: Told) => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = () => undefined);
  }

  tell(event: Told): void {
    this.#listener(event);
  }
}

export interface Setup {
  readonly clock: TestClock;
  readonly node: FakeNode;
  readonly surroundings: TestSurroundings;
  readonly client: Client;
  /** Every state since the beginning. */
  readonly states: string[];
  readonly reports: Report[];
  /** The wait before each attempt. */
  waits(): number[];
}

/** A client of a node that does not answer before the test awaits something. */
export function setup(options: Partial<ConnectOptions> = {}): Setup {
  const clock = new TestClock();
  const node = new FakeNode(clock);
  const surroundings = new TestSurroundings();
  const reports: Report[] = [];
  const client = connect({
    url: 'ws://node.test/ws',
    getToken: () => 'token',
    transport: node.transport,
    clock,
    surroundings,
    onReport: (report) => reports.push(report),
    autoConnect: false,
    ...options,
  });
  const states: string[] = [client.state.value];
  client.state.subscribe((state) => states.push(state));
  const waits = (): number[] => reports.flatMap((report) => (report.type === 'waiting' ? [report.ms] : []));
  return { clock, node, surroundings, client, states, reports, waits };
}

/** The same, connected. */
export async function connected(options: Partial<ConnectOptions> = {}): Promise<Setup> {
  const all = setup(options);
  all.client.connect();
  await settled();
  return all;
}
