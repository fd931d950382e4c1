import { renderToString } from 'react-dom/server';
import type { ReactElement } from 'react';
import { describe, expect, it } from 'vitest';
import { connect } from '../../lib/index.js';
import { CarillonProvider, useChannel, useConnection, usePresence } from '../../lib/react/index.js';
import { useWebSocket, WebSocketProvider, WebSockets } from '../../lib/react/websocket.js';

const options = { url: '/ws', getToken: () => 'token' };

/** No page, no address, and no WebSocket: what Node 20 is, and what a server that renders pages may be. */
const onServer = { ...options, autoConnect: false, webSocket: undefined as never };

describe('a server that renders a page', () => {
  it('has a client that shows what the first render of the page will', () => {
    const client = connect(onServer);
    const Room = (): ReactElement => {
      const { state } = useConnection();
      const { live } = useChannel('lobby', { message: () => undefined });
      const { members } = usePresence('lobby');
      return <p>{`${state} ${live} ${members.length}`}</p>;
    };
    const html = renderToString(
      <CarillonProvider client={client}>
        <Room />
      </CarillonProvider>,
    );
    expect(html).toBe('<p>disconnected false 0</p>');
  });

  it('has named connections that stay closed', () => {
    const sockets = new WebSockets({ generic: options });
    const Socket = (): ReactElement => <p>{useWebSocket('generic').connectionState}</p>;
    const html = renderToString(
      <WebSocketProvider sockets={sockets}>
        <Socket />
      </WebSocketProvider>,
    );
    expect(html).toBe('<p>disconnected</p>');
  });

  it('is told of its mistake if it connects, at once or later', () => {
    expect(() => connect(options)).toThrow('Invalid URL');
    const client = connect(onServer);
    expect(() => client.connect()).toThrow('Invalid URL');
    expect(client.state.value).toBe('disconnected');
  });
});
