import { connect as connectWith, type AnyApi, type Client, type ConnectOptions, type UntypedApi } from './client.js';
import type { WebSocketConstructor } from './transport.js';

export * from './index.js';

// Node has one of its own since 22; before, the package ws has.
const WebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket ?? (await import('ws')).WebSocket;

/** `connect` for tests, servers and commands: with the WebSocket of Node, or of the package ws before Node 22. */
export function connect<A extends AnyApi = UntypedApi>(options: ConnectOptions): Client<A> {
  return connectWith<A>({ webSocket: WebSocket, ...options });
}
