import type { Pair } from '../api';
import type { FeedEvent } from './events';

export type Post = Extract<FeedEvent, { type: 'new_post' }>;
export type Comment = Extract<FeedEvent, { type: 'new_comment' }>;
export type ChatMessage = Extract<FeedEvent, { type: 'new_message' }>;

/** All that the page shows, made of what it was told. */
export interface FeedState {
  readonly posts: readonly Post[];
  readonly comments: readonly Comment[];
  readonly messages: readonly ChatMessage[];
  readonly pairs: readonly Pair[];
  readonly notifications: readonly string[];
  readonly online: readonly string[];
  readonly writing: string | undefined;
  readonly problem: string | undefined;
}

export const EMPTY: FeedState = {
  posts: [],
  comments: [],
  messages: [],
  pairs: [],
  notifications: [],
  online: [],
  writing: undefined,
  problem: undefined,
};

export type Told =
  FeedEvent | { type: 'pairs'; pairs: readonly Pair[] } | { type: 'problem'; text: string | undefined };

const SHOWN = 100;

export function told(state: FeedState, event: Told): FeedState {
  switch (event.type) {
    case 'new_post':
      return { ...state, posts: withOne(state.posts, event) };
    case 'new_comment':
      return { ...state, comments: withOne(state.comments, event) };
    case 'new_message':
      return { ...state, messages: withOne(state.messages, event), writing: undefined };
    case 'typing':
      return { ...state, writing: event.is_typing ? event.user : undefined };
    case 'connection_request':
      return { ...state, pairs: withPair(state.pairs, { from: event.from, to: event.to, state: 'asked' }) };
    case 'connection_accepted':
      return { ...state, pairs: withPair(state.pairs, { from: event.from, to: event.to, state: 'accepted' }) };
    case 'pairs':
      return { ...state, pairs: event.pairs.reduce(withPair, state.pairs) };
    case 'notification':
      return { ...state, notifications: [event.text, ...state.notifications].slice(0, SHOWN) };
    case 'user_online':
      return { ...state, online: [...without(state.online, event.user_id), event.user_id] };
    case 'user_offline':
      return { ...state, online: without(state.online, event.user_id) };
    case 'error':
      return { ...state, problem: `${event.code}: ${event.error}` };
    case 'problem':
      return { ...state, problem: event.text };
    default:
      return state; // a newer node may tell more than this page knows
  }
}

const withOne = <T extends { readonly id: string }>(all: readonly T[], one: T): readonly T[] =>
  [...all.filter(({ id }) => id !== one.id), one].slice(-SHOWN);

const withPair = (all: readonly Pair[], one: Pair): readonly Pair[] => [
  ...all.filter(({ from, to }) => from !== one.from || to !== one.to),
  one,
];

const without = (all: readonly string[], one: string): readonly string[] => all.filter((other) => other !== one);
