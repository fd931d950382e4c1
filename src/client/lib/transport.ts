/** What a transport tells; nothing more after `closed`, which comes exactly once unless `Socket.close` was called. */
export interface SocketEvents {
  opened(): void;
  received(message: string | ArrayBuffer): void;
  closed(code: number, reason: string): void;
}

export interface Socket {
  /** Does nothing once the socket ends. */
  send(message: string | Uint8Array): void;
  /** Ends it, opened or not, and silences its events. */
  close(code: number, reason: string): void;
}

/** A way to a node: messages in order, both ways. No event comes before `open` has returned. */
export interface Transport {
  open(url: string, protocol: string, events: SocketEvents): Socket;
}

/** What this library uses of `WebSocket`; the one of browsers, of Node 22 and of the package `ws` all fit. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: never): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** @param WebSocket the constructor; undefined for the global one */
export function webSocketTransport(WebSocket?: WebSocketConstructor): Transport {
  const Constructor = WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (Constructor === undefined) {
    throw new Error('there is no WebSocket here: give one in the option `webSocket`, such as that of the package ws');
  }
  return {
    open(url, protocol, events) {
      const socket = new Constructor(url, [protocol]);
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => events.opened();
      socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => events.received(data);
      socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) =>
        events.closed(code, reason);
      // A close always follows, and says more.
      socket.onerror = () => {};
      return {
        send(message) {
          if (socket.readyState === 1) {
            socket.send(message as never);
          }
        },
        close(code, reason) {
          // Browsers let pages give no other code of the protocol's.
          const end = (): void => socket.close(code >= 3000 ? code : 1000, reason);
          socket.onmessage = socket.onclose = null;
          // Ended before it is open, a socket writes an error to the console, which nobody can prevent.
          socket.onopen = end;
          if (socket.readyState !== 0) {
            end();
          }
        },
      };
    },
  };
}
