'use client';

export { CarillonProvider, useClient, type CarillonProviderProps } from './provider.js';
export { useChannel, useEvent, useUserEvent, type ChannelHandlers, type ChannelView } from './channel.js';
export { useConnection, type ConnectionView } from './connection.js';
export { useObservable } from './hooks.js';
export { usePresence, type PresenceState } from './presence.js';
export { typedHooks, type Handler, type Hooks, type Names } from './typed.js';
