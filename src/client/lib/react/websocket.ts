'use client';

import { createContext, createElement, useContext, useEffect, useMemo, type ReactElement, type ReactNode } from 'react';
import type { Release } from '../emitter.js';
import { useObservable } from './hooks.js';
import { NamedSocket, type SocketActions, type SocketOptions, type SocketView } from './named-socket.js';
import { Shared } from './shared.js';

export type { NamedSocket, SocketActions, SocketOptions, SocketView } from './named-socket.js';
export type { SocketEvents } from './socket-events.js';

/** Connections by name: one for each type, made when it is used first. */
export class WebSockets {
  readonly #sockets = new Map<string, NamedSocket>();
  readonly #used = new Shared(() => () => this.#sockets.forEach((socket) => socket.disconnect()));

  /** @param connections the options of each type, such as `simulation`; opens nothing */
  constructor(connections: Readonly<Record<string, SocketOptions>>) {
    for (const [type, options] of Object.entries(connections)) {
      this.#sockets.set(type, new NamedSocket(type, options));
    }
  }

  /**
   * The connection of this type, always the same one.
   *
   * @throws if there is none
   */
  of(type: string): NamedSocket {
    const socket = this.#sockets.get(type);
    if (socket === undefined) {
      throw new Error(`there is no connection ${type}, only ${[...this.#sockets.keys()].join(', ')}`);
    }
    return socket;
  }

  /** When the last one lets go, all connections end. */
  hold(): Release {
    return this.#used.hold();
  }
}

const WebSocketContext = createContext<{ readonly sockets: WebSockets; readonly type: string } | undefined>(undefined);

export interface WebSocketProviderProps {
  /** Made outside of components. */
  readonly sockets: WebSockets;
  /** The connection that `useWebSocketContext` means; `generic` unless set. */
  readonly type?: string;
  readonly children?: ReactNode;
}

/** Gives connections to the components below it. They end when the last provider is unmounted. */
export function WebSocketProvider({ sockets, type = 'generic', children }: WebSocketProviderProps): ReactElement {
  useEffect(() => sockets.hold(), [sockets]);
  const value = useMemo(() => ({ sockets, type }), [sockets, type]);
  return createElement(WebSocketContext.Provider, { value }, children);
}

/**
 * The connection of one type, shared by all components that use it. With `autoConnect`, which is true unless set, it is
 * connected while the component is mounted; a connection that nobody uses any more ends.
 *
 * @throws if there is no `WebSocketProvider` above, or no such type
 */
export function useWebSocket(type: string, autoConnect = true): SocketView & SocketActions {
  const socket = useProvided().sockets.of(type);
  useEffect(() => (autoConnect ? socket.hold() : undefined), [socket, autoConnect]);
  return { ...useObservable(socket), ...socket.actions };
}

/** The connection that the provider names; it is the application that connects it. */
export function useWebSocketContext(): SocketView & SocketActions {
  return useWebSocket(useProvided().type, false);
}

function useProvided(): { readonly sockets: WebSockets; readonly type: string } {
  const provided = useContext(WebSocketContext);
  if (provided === undefined) {
    throw new Error('there is no <WebSocketProvider sockets={…}> above this component');
  }
  return provided;
}
