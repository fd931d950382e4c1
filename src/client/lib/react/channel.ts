import { useCallback, useEffect } from 'react';
import type { Channel } from '../channel.js';
import type { ChannelEvents, Message } from '../channel-events.js';
import type { Client } from '../client.js';
import type { SubscriptionOptions } from '../subscription.js';
import { useLatest, useStore } from './hooks.js';
import { useClient } from './provider.js';

/** What a component wants to hear of a channel. */
export type ChannelHandlers<T = unknown> = {
  readonly [E in keyof ChannelEvents<T>]?: (event: ChannelEvents<T>[E]) => void;
};

export interface ChannelView<T = unknown> {
  /** Always the same object for the same name. */
  readonly channel: Channel<T>;
  /** Whether the node delivers it now. */
  readonly live: boolean;
}

const EVENTS = ['message', 'join', 'leave', 'gap', 'subscribed', 'unsubscribed', 'error'] as const;

/** Keeps a channel subscribed while the component is mounted. Handlers may be new at each render. */
export function useChannel<T = unknown>(
  name: string,
  handlers: ChannelHandlers<T> = {},
  options?: SubscriptionOptions,
): ChannelView<T> {
  const client: Client = useClient();
  const channel = client.channel(name, options);
  const latest = useLatest(handlers as ChannelHandlers);
  useEffect(() => {
    const offs = EVENTS.map((event) => channel.on(event, (value) => latest.current[event]?.(value as never)));
    return () => offs.forEach((off) => off());
  }, [channel, latest]);
  return { channel: channel as Channel<T>, live: useLive(client, channel) };
}

function useLive(client: Client, channel: Channel): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const offs = [
        channel.on('subscribed', changed),
        channel.on('unsubscribed', changed),
        // A break of the connection ends it, without an event of its own.
        client.state.subscribe(changed),
      ];
      return () => offs.forEach((off) => off());
    },
    [client, channel],
  );
  return useStore(subscribe, () => channel.live);
}

/** Handles the messages of a channel whose data have this `type`. The handler may be new at each render. */
export function useEvent<T = unknown>(
  name: string,
  type: string,
  handler: (data: T, message: Message<T>) => void,
): void {
  const client: Client = useClient();
  useMessages(client.channel(name), type, handler);
}

/** The same, of the personal channel, which the server subscribes. */
export function useUserEvent<T = unknown>(type: string, handler: (data: T, message: Message<T>) => void): void {
  const client: Client = useClient();
  useMessages(client.user, type, handler);
}

function useMessages<T>(
  source: Pick<Channel, 'when'>,
  type: string,
  handler: (data: T, message: Message<T>) => void,
): void {
  const latest = useLatest(handler);
  useEffect(() => {
    const when = source.when.bind(source) as Channel<{ readonly type: string }>['when'];
    return when(type, (data, message) => latest.current(data as T, message as Message<T>));
  }, [source, type, latest]);
}
