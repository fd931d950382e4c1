import { describe, expect, it } from 'vitest';
import { webSocketTransport, type WebSocketLike } from '../lib/transport.js';
import { moved } from '../lib/urls.js';

/** What a browser gives, opened and ended by the test. */
class TestSocket implements WebSocketLike {
  static last: TestSocket;
  binaryType = 'blob';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly calls: unknown[] = [];

  constructor(...given: [string, string[]]) {
    TestSocket.last = this;
    this.calls.push(given);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(data: unknown): void {
    this.calls.push(['send', data]);
  }

  close(code?: number): void {
    this.readyState = 2;
    this.calls.push(['close', code]);
  }
}

function open(): {
  socket: TestSocket;
  link: ReturnType<ReturnType<typeof webSocketTransport>['open']>;
  told: unknown[];
} {
  const told: unknown[] = [];
  const link = webSocketTransport(TestSocket).open('wss://n/ws', 'carillon.v1.json', {
    opened: () => told.push('opened'),
    received: (message) => told.push(message),
    closed: (code, reason) => told.push([code, reason]),
  });
  return { socket: TestSocket.last, link, told };
}

describe('a WebSocket', () => {
  it('tells what happens to it, and takes bytes as such', () => {
    const { socket, told } = open();
    socket.open();
    socket.onmessage?.({ data: 'x' });
    socket.onclose?.({ code: 4010, reason: 'draining' });
    expect(told).toEqual(['opened', 'x', [4010, 'draining']]);
    expect(socket.binaryType).toBe('arraybuffer');
    expect(socket.calls).toEqual([['wss://n/ws', ['carillon.v1.json']]]);
  });

  it('is silent once it was closed, and sends no more', () => {
    const { socket, link, told } = open();
    socket.open();
    link.close(1006, 'silent');
    link.send('late');
    expect(socket.calls.slice(1)).toEqual([['close', 1000]]);
    expect(socket.onclose).toBeNull();
    expect(told).toEqual(['opened']);
  });

  it('that is given up before it is open is closed when it is, or the console would have an error', () => {
    const { socket, link, told } = open();
    link.close(1000, 'closed');
    expect(socket.calls).toHaveLength(1);
    socket.open();
    expect(socket.calls.slice(1)).toEqual([['close', 1000]]);
    expect(told).toEqual([]);
  });
});

describe('the address of another node', () => {
  it.each([
    ['https://node2.example.org', 'wss://node2.example.org/ws?a=1'],
    ['http://127.0.0.1:8081', 'ws://127.0.0.1:8081/ws?a=1'],
    ['wss://example.org/node2/', 'wss://example.org/node2/ws?a=1'],
    ['no address', 'wss://example.org/ws?a=1'],
  ])('%s takes the place of scheme, host and port', (to, expected) => {
    expect(moved('wss://example.org/ws?a=1', to)).toBe(expected);
  });
});
