// @vitest-environment happy-dom
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Message } from '../../lib/index.js';
import { useChannel, useConnection, useEvent, usePresence, useUserEvent } from '../../lib/react/index.js';
import { app, cleanConsole, happens, shown, strictly } from '../testing/react.js';
import { setup } from '../testing/setup.js';

cleanConsole();

const Status = (): ReactElement => {
  const { state, session, error } = useConnection();
  return <p>{[state, session?.sessionId, error?.message].join(' ')}</p>;
};

describe('a provider', () => {
  it('has one connection, one token and no complaint after mount, unmount, mount', async () => {
    const getToken = vi.fn(() => 'token');
    const { client, node, states } = setup({ getToken });
    await strictly(client, <Status />);
    expect(node.connections).toHaveLength(1);
    expect(getToken).toHaveBeenCalledTimes(1);
    expect(states).toEqual(['disconnected', 'connecting', 'authenticating', 'connected']);
  });

  it('closes cleanly when it is unmounted', async () => {
    const { client, node, clock } = setup();
    const { unmount } = await strictly(client, <Status />);
    unmount();
    await shown();
    expect(node.last.closed).toEqual({ code: 1000, reason: 'closed' });
    expect(clock.pending).toBe(0);
  });

  it('keeps the connection while pages come and go, and when it is itself replaced', async () => {
    const { client, node } = setup();
    const Page = ({ name }: { readonly name: string }): ReactElement => {
      useChannel(name);
      return <p>{name}</p>;
    };
    const { rerender } = await strictly(client, <Page key="0" name="page:0" />);
    for (let i = 1; i <= 20; i++) {
      rerender(app(client, <Page key={i} name={`page:${i}`} />));
      await shown();
    }
    rerender(<div>{app(client, <Status />)}</div>);
    await shown();
    expect(node.connections).toHaveLength(1);
    expect(client.state.value).toBe('connected');
  });

  it('leaves a client it does not have any more', async () => {
    const [one, other] = [setup(), setup()];
    const { rerender } = await strictly(one.client, <Status />);
    rerender(app(other.client, <Status />));
    await shown();
    expect(one.client.state.value).toBe('disconnected');
    expect(other.client.state.value).toBe('connected');
  });

  it('that is missing is named', () => {
    expect(() => render(<Status />)).toThrow('there is no <CarillonProvider client={…}> above this component');
    vi.mocked(console.error).mockClear();
  });
});

describe('useConnection', () => {
  it('shows the state, who it is, and why it ended', async () => {
    const { client, node, clock } = setup();
    const { container } = await strictly(client, <Status />);
    expect(container.textContent).toBe('connected s0 ');
    await happens(() => node.last.drop(1006));
    expect(container.textContent).toBe('reconnecting s0 ');
    await shown(clock, 1000);
    expect(container.textContent).toBe('connected s1 ');
    await happens(() => node.last.push({ type: 'reconnect', reason: 'draining', within_ms: 0 }));
    expect(container.textContent).toBe('connected s2 ');
    await happens(() => node.last.drop(4401, 'revoked'));
    expect(container.textContent).toBe('error s2 revoked');
  });

  it('connects and closes', async () => {
    const { client, node } = setup();
    let connection: ReturnType<typeof useConnection> | undefined;
    const Buttons = (): null => ((connection = useConnection()), null);
    await strictly(client, <Buttons />);
    await happens(() => connection?.close());
    expect(connection).toMatchObject({ state: 'disconnected', isConnected: false });
    await happens(() => connection?.connect());
    expect(connection).toMatchObject({ state: 'connected', isConnected: true });
    expect(node.connections).toHaveLength(2);
  });
});

describe('useChannel', () => {
  it('is subscribed once while mounted, and left afterwards', async () => {
    const { client, node, clock } = setup();
    const Feed = (): ReactElement => <p>{String(useChannel('feed').live)}</p>;
    const { rerender, container } = await strictly(client, [<Feed key="1" />, <Feed key="2" />]);
    expect(node.sent('auth')[0]?.['subscribe']).toEqual([{ channel: 'feed' }]);
    expect(node.sent('subscribe')).toEqual([]);
    expect(container.textContent).toBe('truetrue');
    await happens(() => node.last.drop(1006));
    expect(container.textContent).toBe('falsefalse');
    await shown(clock, 1000);
    expect(container.textContent).toBe('truetrue');
    rerender(app(client, null));
    await shown(clock, 50);
    expect(node.sent('unsubscribe')).toMatchObject([{ channel: 'feed' }]);
    rerender(app(client, <Feed key="3" />));
    await shown();
    expect(container.textContent).toBe('true');
  });

  it('calls the newest handler after 100 renders, without asking the node for anything', async () => {
    const { client, node } = setup();
    const heard: string[] = [];
    const Feed = ({ turn }: { readonly turn: number }): null => {
      useChannel<{ type: string }>('feed', {
        message: ({ data }) => heard.push(`message ${data.type} ${turn}`),
        gap: ({ cause }) => heard.push(`${cause} ${turn}`),
      });
      useEvent('feed', 'new', (_, { position }) => heard.push(`new ${position?.offset} ${turn}`));
      useUserEvent<{ level: number }>('alert', ({ level }) => heard.push(`alert ${level} ${turn}`));
      return null;
    };
    const { rerender } = await strictly(client, <Feed turn={0} />);
    await happens(() => node.publish('feed', { type: 'new' }));
    const frames = node.last.frames.length;
    for (let turn = 1; turn <= 100; turn++) {
      rerender(app(client, <Feed turn={turn} />));
    }
    node.publish('feed', { type: 'new' });
    node.publish('feed', { type: 'other' });
    node.joinUser();
    node.publish('user:alice', { type: 'alert', level: 2 });
    node.last.push({ type: 'gap', channel: 'feed', missed: 1, epoch: 'e1', offset: 4 });
    await shown();
    expect(heard).toEqual([
      'message new 0',
      'new 1 0',
      'message new 100',
      'new 2 100',
      'message other 100',
      'alert 2 100',
      'slow 100',
    ]);
    expect(node.connections).toHaveLength(1);
    expect(node.last.frames).toHaveLength(frames);
  });

  it('loses nothing and doubles nothing when its page comes back within a break', async () => {
    const { client, node, clock } = setup();
    const heard: Message<number>[] = [];
    const Feed = (): null => {
      useChannel<number>('feed', { message: (message) => heard.push(message) });
      return null;
    };
    const { rerender } = await strictly(client, <Feed key="1" />);
    await happens(() => node.publish('feed', 1));
    await happens(() => node.last.drop(1006));
    node.publish('feed', 2);
    rerender(app(client, <Feed key="2" />));
    await shown(clock, 1000);
    expect(heard.map(({ data, recovered }) => [data, recovered])).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});

describe('usePresence', () => {
  const Members = (): ReactElement => {
    const { members, ready, error } = usePresence('room');
    return <p>{[ready, error?.message, ...members.map(({ userId }) => userId)].join(' ')}</p>;
  };

  it('shows who is there, with one question however many components look', async () => {
    const { client, node, clock } = setup();
    const { container, rerender } = await strictly(client, [<Members key="1" />, <Members key="2" />]);
    expect(container.innerHTML).toBe('<p>true </p><p>true </p>');
    await happens(() =>
      node.last.push({
        type: 'join',
        channel: 'room',
        version: 2,
        user_id: 'bob',
        session_id: 's',
        info: {},
        since: 1,
      }),
    );
    expect(container.innerHTML).toBe('<p>true  bob</p><p>true  bob</p>');
    expect(node.sent('presence')).toHaveLength(1);
    rerender(app(client, null));
    await shown(clock, 50);
    expect(node.sent('unsubscribe')).toMatchObject([{ channel: 'room' }]);
  });

  it('says why there is nobody', async () => {
    const { client, node, clock } = setup();
    node.answer = (frame) =>
      frame['type'] === 'presence' ? { type: 'error', code: 203, error: 'permission denied' } : undefined;
    const { container } = await strictly(client, <Members />);
    expect(container.textContent).toBe('false permission denied');
    node.answer = () => undefined;
    await shown(clock, 2000);
    expect(container.textContent).toBe('true ');
  });
});
