import type { OfType } from '../channel.js';
import type { Message } from '../channel-events.js';
import type { AnyApi, Client } from '../client.js';
import type { SubscriptionOptions } from '../subscription.js';
import { useChannel, useEvent, useUserEvent, type ChannelHandlers, type ChannelView } from './channel.js';
import { usePresence, type PresenceState } from './presence.js';
import { useClient } from './provider.js';

/** The names of an API part, such as its channels. */
export type Names<T> = keyof T & string;
type TypesOf<T> = T extends { readonly type: infer N extends string } ? N : never;
export type Handler<T> = (data: T, message: Message<T>) => void;

/** The hooks of one application, typed as its `connect<Api>()`. */
export interface Hooks<A extends AnyApi> {
  useClient(): Client<A>;
  useChannel<N extends Names<A['channels']>>(
    name: N,
    handlers?: ChannelHandlers<A['channels'][N]>,
    options?: SubscriptionOptions,
  ): ChannelView<A['channels'][N]>;
  usePresence(name: Names<A['channels']>): PresenceState;
  useEvent<N extends Names<A['channels']>, K extends TypesOf<A['channels'][N]>>(
    name: N,
    type: K,
    handler: Handler<OfType<A['channels'][N], K>>,
  ): void;
  useUserEvent<K extends TypesOf<A['user']>>(type: K, handler: Handler<OfType<A['user'], K>>): void;
}

/** The same hooks; what the channels carry is said once. */
export function typedHooks<A extends AnyApi>(): Hooks<A> {
  return { useClient, useChannel, usePresence, useEvent, useUserEvent };
}
