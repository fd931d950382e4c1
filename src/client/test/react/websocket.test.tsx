// @vitest-environment happy-dom
import { render, type RenderResult } from '@testing-library/react';
import { StrictMode, useEffect, type ReactElement, type ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { CarillonError, NoTokenError } from '../../lib/index.js';
import {
  useWebSocket,
  useWebSocketContext,
  WebSocketProvider,
  WebSockets,
  type SocketActions,
  type SocketEvents,
  type SocketOptions,
  type SocketView,
} from '../../lib/react/websocket.js';
import { FakeNode } from '../testing/fake-node.js';
import { cleanConsole, happens, shown } from '../testing/react.js';
import { TestSurroundings } from '../testing/setup.js';
import { TestClock } from '../testing/test-clock.js';

cleanConsole();

const TYPES = ['simulation', 'notifications', 'assessments', 'generic'] as const;
const EVENTS = [
  'stateChange',
  'connected',
  'disconnected',
  'error',
  'connectionError',
  'reconnecting',
  'maxReconnectAttemptsReached',
  'authenticationError',
  'authenticationTimeout',
] as const;

/** A node, and an application with the four connections of the training simulator. */
class App {
  readonly clock = new TestClock();
  readonly node = new FakeNode(this.clock);
  readonly surroundings = new TestSurroundings();
  readonly sockets: WebSockets;
  readonly simulation: SocketActions;
  /** Every event of `simulation`, as one line each. */
  readonly told: string[] = [];
  /** What the component of each type saw last. */
  readonly seen: Partial<Record<string, SocketView & SocketActions>> = {};
  #screen: RenderResult | undefined;

  constructor(options: Partial<SocketOptions> = {}) {
    const { clock, surroundings, node } = this;
    const common = { getToken: () => 'token', transport: node.transport, clock, surroundings };
    this.sockets = new WebSockets({
      simulation: { ...common, url: 'ws://node.test/simulation', channel: 'simulation:7', ...options },
      notifications: { ...common, url: 'ws://node.test/notifications' },
      assessments: { ...common, url: 'ws://node.test/assessments', channel: 'assessments', sendTo: 'answers' },
      generic: { ...common, url: 'ws://node.test/generic' },
    });
    this.simulation = this.sockets.of('simulation').actions;
    for (const event of EVENTS) {
      this.simulation.on(event, (value: SocketEvents[typeof event]) => this.told.push(line(event, value)));
    }
  }

  readonly Use = ({ type = 'simulation', auto = true }: { type?: string; auto?: boolean }): ReactElement => {
    this.seen[type] = useWebSocket(type, auto);
    return <p>{this.seen[type].connectionState}</p>;
  };

  async show(children: ReactNode = <this.Use />): Promise<void> {
    const screen = (
      <StrictMode>
        <WebSocketProvider sockets={this.sockets}>{children}</WebSocketProvider>
      </StrictMode>
    );
    if (this.#screen === undefined) {
      this.#screen = render(screen);
    } else {
      this.#screen.rerender(screen);
    }
    await shown();
  }

  async unmount(): Promise<void> {
    this.#screen?.unmount();
    await shown();
  }

  get now(): SocketView & SocketActions {
    const now = this.seen['simulation'];
    if (now === undefined) {
      throw new Error('nothing is on the screen');
    }
    return now;
  }

  /** The node refuses every token. */
  refuse(code = 4001): void {
    this.node.answer = (frame, connection) => {
      if (frame['type'] !== 'auth') {
        return undefined;
      }
      connection.drop(code, 'go');
      return null;
    };
  }
}

function line(event: string, value: SocketEvents[keyof SocketEvents]): string {
  const what =
    value instanceof CarillonError ? [value.code] : Object.values<unknown>({ ...value, node: '', timestamp: '' });
  return [event, ...what.filter((each) => each !== '')].join(' ');
}

const UP = [
  'stateChange connecting disconnected',
  'stateChange authenticating connecting',
  'stateChange connected authenticating',
  'connected s0 alice',
];

describe('named connections', () => {
  it('are one for each type, however many components use it, each with its own options', async () => {
    const app = new App();
    await app.show(TYPES.flatMap((type) => [1, 2, 3].map((i) => <app.Use key={`${type}${i}`} type={type} />)));
    expect(app.node.connections.map(({ url }) => url)).toEqual(TYPES.map((type) => `ws://node.test/${type}`));
    expect(app.node.sent('auth').map(({ subscribe }) => subscribe)).toEqual([
      [{ channel: 'simulation:7' }],
      [],
      [{ channel: 'assessments' }],
      [],
    ]);
    expect(TYPES.map((type) => app.seen[type]?.isConnected)).toEqual([true, true, true, true]);
  });

  it('end with the last component that uses them, and with the provider', async () => {
    const app = new App();
    const [one, two] = [<app.Use key="1" />, <app.Use key="2" />];
    await app.show([one, two]);
    await app.show([two]);
    expect(app.node.last.open).toBe(true);
    await app.show(null);
    expect(app.node.last.closed).toEqual({ code: 1000, reason: 'closed' });
    await app.show([one]);
    await happens(() => app.now.connect());
    await app.show(null);
    expect(app.node.last.open).toBe(true);
    await app.unmount();
    expect(app.node.last.open).toBe(false);
    expect(app.node.connections).toHaveLength(2);
  });

  it('connect when the application says so, without autoConnect', async () => {
    const app = new App();
    await app.show(<app.Use auto={false} />);
    expect(app.node.connections).toHaveLength(0);
    await happens(() => app.now.connect());
    expect(app.now).toMatchObject({
      connectionState: 'connected',
      session: { sessionId: 's0', userId: 'alice', timestamp: Date.parse('2026-01-28T10:00:00Z') },
    });
    await happens(() => app.now.disconnect());
    expect(app.now).toMatchObject({ connectionState: 'disconnected', isConnected: false });
    expect(app.told).toEqual([...UP, 'stateChange disconnected connected', 'disconnected 1000 closed']);
  });

  it('are meant by the provider', async () => {
    const app = new App();
    const Context = (): null => ((app.seen['context'] = useWebSocketContext()), null);
    await app.show([<Context key="1" />, <app.Use key="2" type="generic" />]);
    expect(app.seen['context']).toEqual(app.seen['generic']);
    expect(app.seen['context']?.isConnected).toBe(true);
  });

  it('that are not there are named', () => {
    const app = new App();
    expect(() => app.sockets.of('audio')).toThrow(
      'there is no connection audio, only simulation, notifications, assessments, generic',
    );
    expect(() => render(<app.Use />)).toThrow('there is no <WebSocketProvider sockets={…}> above this component');
    vi.mocked(console.error).mockClear();
  });
});

describe('messages', () => {
  it('are sent as text, as JSON and as bytes, in order', async () => {
    const app = new App();
    await app.show();
    const sent = [
      app.now.send('hello'),
      app.now.sendJSON({ type: 'start' }),
      app.now.send(Uint8Array.of(1, 2), { type: 'audio' }),
    ];
    await shown();
    expect((await Promise.all(sent)).map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
    const frames = app.node.last.frames.filter(({ type }) => type === 'publish' || type === 'bytes');
    expect(frames).toMatchObject([
      { channel: 'simulation:7', data: 'hello' },
      { channel: 'simulation:7', data: { type: 'start' } },
      { channel: 'simulation:7', binary: true, meta: { type: 'audio' } },
      { bytes: [1, 2] },
    ]);
  });

  it('are what a verticle is asked about', async () => {
    const app = new App();
    app.node.answer = (frame) =>
      frame['type'] === 'request' ? { type: 'reply', data: [frame['address'], frame['data']] } : undefined;
    await app.show();
    const { position } = await app.now.send(Uint8Array.of(1), { type: 'audio' });
    expect(await app.now.request('simulator.listen', position)).toEqual(['simulator.listen', position]);
  });

  it('go where the options say', async () => {
    const app = new App();
    await app.show([<app.Use key="1" type="assessments" />, <app.Use key="2" type="generic" />]);
    await app.seen['assessments']?.sendJSON(1);
    expect(app.node.stream('answers').messages).toEqual([1]);
    await expect(app.seen['generic']?.send('x')).rejects.toThrow(
      'generic: nothing says where to send: set channel or sendTo',
    );
  });

  it('are handled by their type, and the last ones kept', async () => {
    const app = new App({ keepMessages: 2 });
    const heard: unknown[] = [];
    const Replies = (): null => {
      const { subscribe } = useWebSocket('simulation');
      useEffect(() => subscribe('ai_response', (data) => heard.push(data)), [subscribe]);
      return null;
    };
    await app.show([<app.Use key="1" />, <Replies key="2" />]);
    const all: unknown[] = [];
    const off = app.now.subscribe('*', (data) => all.push(data));
    const reply = { type: 'ai_response', text: 'hi' };
    await happens(() => [reply, 'text', null].forEach((data) => app.node.publish('simulation:7', data)));
    app.node.joinUser();
    await happens(() => app.node.publish('user:alice', reply));
    off();
    await happens(() => app.node.publish('simulation:7', 'late'));
    expect(heard).toEqual([reply, reply]);
    expect(all).toEqual([reply, 'text', null, reply]);
    expect(app.now.messages.map(({ data }) => data)).toEqual([reply, 'late']);
  });

  it('of bytes are handled by the type of what describes them', async () => {
    const app = new App();
    await app.show();
    const heard: unknown[] = [];
    app.now.subscribe('ai_response', (data) => heard.push(data));
    await happens(() => {
      const meta = { type: 'ai_response' };
      const frame = { type: 'message', channel: 'simulation:7', binary: true, meta, timestamp: 1 };
      app.node.last.push({ ...frame, epoch: 'e1', offset: 1 });
      app.node.last.pushBytes(Uint8Array.of(7));
    });
    expect(heard).toEqual([Uint8Array.of(7)]);
  });

  it('wait for the login, 100 of them, and are sent in order', async () => {
    const app = new App();
    await app.show(<app.Use auto={false} />);
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    const sent = Promise.all(numbers.map((i) => app.now.sendJSON(i)));
    await expect(app.now.sendJSON('one too many')).rejects.toMatchObject({ code: 5 });
    expect(app.node.connections).toHaveLength(0);
    await happens(() => app.now.connect());
    await sent;
    expect(app.node.stream('simulation:7').messages).toEqual(numbers);
  });

  it('are dropped if the login fails, and those that come later are sent', async () => {
    const app = new App();
    await app.show(<app.Use auto={false} />);
    const outcomes = [1, 2].map((i) => app.now.sendJSON(i).catch((error: unknown) => error));
    const after: Promise<unknown>[] = [];
    app.now.on('authenticationError', () => after.push(app.now.sendJSON(3)));
    app.refuse();
    await happens(() => app.now.connect());
    await shown(app.clock, 1000);
    expect(await Promise.all(outcomes)).toMatchObject([{ code: 7 }, { code: 7 }]);
    app.node.answer = () => undefined;
    await happens(() => app.now.connect());
    await Promise.all(after);
    expect(app.node.stream('simulation:7').messages).toEqual([3]);
  });

  it('that are dropped need nobody to catch them', async () => {
    const rejections: unknown[] = [];
    const listen = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', listen);
    const app = new App();
    await app.show();
    void app.now.sendJSON(1);
    void app.sockets.of('generic').actions.send('x');
    await happens(() => app.node.last.drop(4401));
    process.off('unhandledRejection', listen);
    expect(rejections).toEqual([]);
  });
});

describe('events come once and in order', () => {
  it('when a connection breaks and comes back', async () => {
    const app = new App();
    await app.show();
    app.node.reachable = false;
    await happens(() => app.node.last.drop(1012, 'restart'));
    expect(app.now.error).toBeUndefined();
    await shown(app.clock, 1000);
    expect(app.now.error).toMatchObject({ code: 1006 });
    app.node.reachable = true;
    await shown(app.clock, 1000);
    expect(app.now.error).toBeUndefined();
    expect(app.told).toEqual([
      ...UP,
      'stateChange reconnecting connected',
      'disconnected 1012 restart',
      'reconnecting 1 1000',
      'stateChange connecting reconnecting',
      'stateChange reconnecting connecting',
      'connectionError 1006',
      'reconnecting 2 1000',
      'stateChange connecting reconnecting',
      'stateChange authenticating connecting',
      'stateChange connected authenticating',
      'connected s2 alice',
    ]);
  });

  it('when the attempts are used up, which take 1, 2, 4, 8, 16 and 30 seconds at most', async () => {
    const app = new App({ maxAttempts: 7 });
    app.clock.chance = 1;
    app.node.reachable = false;
    await app.show();
    await shown(app.clock, 100_000);
    const attempt = (i: number, ms: number): string[] => [
      'stateChange reconnecting connecting',
      'connectionError 1006',
      `reconnecting ${i} ${ms}`,
      'stateChange connecting reconnecting',
    ];
    expect(app.told).toEqual([
      'stateChange connecting disconnected',
      ...[1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].flatMap((ms, i) => attempt(i + 1, ms)),
      'stateChange error connecting',
      'connectionError 1006',
      'maxReconnectAttemptsReached 7',
      'error 1006',
    ]);
  });

  it('when the token is refused, also with a fresh one', async () => {
    const app = new App();
    app.refuse();
    await app.show();
    await shown(app.clock, 1000);
    expect(app.now).toMatchObject({ connectionState: 'error', error: { code: 4001, message: 'go' } });
    expect(app.told).toEqual([
      'stateChange connecting disconnected',
      'stateChange authenticating connecting',
      'stateChange reconnecting authenticating',
      'reconnecting 1 1000',
      'stateChange connecting reconnecting',
      'stateChange authenticating connecting',
      'stateChange error authenticating',
      'authenticationError 4001',
      'error 4001',
    ]);
  });

  it('when there is no token', async () => {
    const app = new App({ getToken: () => Promise.reject(new NoTokenError()) });
    await app.show();
    expect(app.told).toEqual([
      'stateChange connecting disconnected',
      'stateChange error connecting',
      'authenticationError 4001',
      'error 4001',
    ]);
  });

  it('when a token cannot be had for now', async () => {
    let tries = 0;
    const app = new App({ getToken: () => (++tries === 1 ? Promise.reject(new Error('no network')) : 'token') });
    await app.show();
    expect(app.now.error?.message).toBe('no network');
    await shown(app.clock, 1000);
    expect(app.told.slice(1, 4)).toEqual([
      'stateChange reconnecting connecting',
      'connectionError 3',
      'reconnecting 1 1000',
    ]);
    expect(app.told.at(-1)).toBe('connected s0 alice');
  });

  it('when the node waited in vain for the token', async () => {
    const app = new App();
    app.refuse(4002);
    await app.show();
    expect(app.told.slice(2)).toEqual([
      'stateChange reconnecting authenticating',
      'authenticationTimeout 4002',
      'reconnecting 1 1000',
    ]);
  });

  it('when a live connection is refused', async () => {
    const app = new App();
    await app.show();
    await happens(() => app.node.last.drop(4401, 'revoked'));
    expect(app.told.slice(4)).toEqual([
      'stateChange error connected',
      'disconnected 4401 revoked',
      'authenticationError 4401',
      'error 4401',
    ]);
  });

  it('when the network goes and comes back', async () => {
    const app = new App();
    await app.show();
    await happens(() => app.surroundings.tell('offline'));
    await happens(() => app.surroundings.tell('online'));
    expect(app.told.slice(4)).toEqual([
      'stateChange reconnecting connected',
      'disconnected 1000 offline',
      'stateChange connecting reconnecting',
      'stateChange authenticating connecting',
      'stateChange connected authenticating',
      'connected s1 alice',
    ]);
  });

  it('when the network goes while a move is put off', async () => {
    const app = new App();
    await app.show();
    app.node.reachable = false;
    await happens(() => app.node.last.push({ type: 'reconnect', reason: 'draining', within_ms: 0 }));
    await happens(() => app.surroundings.tell('offline'));
    expect(app.told.slice(4)).toEqual(['stateChange reconnecting connected', 'disconnected 1000 offline']);
  });

  it('when the node moves its clients, which nobody notices', async () => {
    const app = new App();
    await app.show();
    await happens(() => app.node.last.push({ type: 'reconnect', reason: 'draining', within_ms: 0 }));
    expect(app.node.connections).toHaveLength(2);
    expect(app.told).toEqual(UP);
    expect(app.now.session?.sessionId).toBe('s1');
  });

  it('when the channel is refused', async () => {
    const app = new App();
    app.node.answer = (frame, connection) =>
      frame['type'] === 'auth'
        ? {
            ...connection.welcome({ subscribe: [] }),
            refused: [{ type: 'error', channel: 'simulation:7', code: 203, error: 'permission denied' }],
          }
        : undefined;
    await app.show();
    expect(app.told.filter((event) => event.startsWith('error'))).toEqual(['error 203']);
    expect(app.now).toMatchObject({ isConnected: true, error: { code: 203 } });
  });

  it('when a handler connects again', async () => {
    const app = new App();
    await app.show();
    app.now.on('disconnected', () => app.now.connect());
    app.now.on('disconnected', () => app.told.push('told to all'));
    await happens(() => app.node.last.drop(4401));
    expect(app.told.slice(4)).toEqual([
      'stateChange error connected',
      'disconnected 4401',
      'told to all',
      'authenticationError 4401',
      'error 4401',
      'stateChange connecting error',
      'stateChange authenticating connecting',
      'stateChange connected authenticating',
      'connected s1 alice',
    ]);
  });

  it('when messages are lost', async () => {
    const app = new App();
    const gaps: unknown[] = [];
    app.simulation.on('gap', ({ cause }) => gaps.push(cause));
    await app.show();
    await happens(() => app.node.publish('simulation:7', 1));
    app.node.lose('simulation:7');
    await happens(() => app.node.last.drop(1006));
    await shown(app.clock, 1000);
    expect(gaps).toEqual(['lost']);
  });
});
