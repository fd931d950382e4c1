import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { Pair } from '../api';
import { token as freshToken, type User } from '../session';
import { ask } from './ask';
import type { FeedEvent } from './events';
import { listen } from './realtime';
import { EMPTY, told } from './state';

export type Said = { type: 'message'; content: string } | { type: 'typing'; is_typing: boolean };

/** The page's five sockets, and what they told. */
export function useFeed(user: User) {
  const [state, dispatch] = useReducer(told, EMPTY);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const token = useRef('');
  const chat = useRef<{ say: (data: unknown) => void }>(undefined);
  useEffect(() => {
    let ended = false;
    const ends: (() => void)[] = [];
    const start = async (): Promise<void> => {
      token.current = await freshToken(user);
      if (ended) return;
      for (const path of ['feed', 'cafe', 'online', 'notifications', `connections/${user.id}`]) {
        const socket = listen(path, token.current, {
          heard: dispatch,
          opened: (up) =>
            setOpen((before) => new Set(up ? [...before, path] : [...before].filter((other) => other !== path))),
        });
        ends.push(socket.close);
        if (path === 'cafe') chat.current = socket;
      }
      // What happened before: the sockets tell only what comes.
      const events = await ask<FeedEvent[]>('demo.feed.list', null, token.current);
      const online = await ask<string[]>('demo.connections.online', null, token.current);
      const pairs = await ask<Pair[]>('demo.connections.list', null, token.current);
      events.forEach(dispatch);
      online.forEach((user_id) => dispatch({ type: 'user_online', user_id }));
      dispatch({ type: 'pairs', pairs });
    };
    start().catch((error: unknown) => dispatch({ type: 'problem', text: String(error) }));
    return () => {
      ended = true;
      ends.forEach((end) => end());
    };
  }, [user]);
  const act = useCallback(async (address: string, data: unknown): Promise<void> => {
    try {
      const answer = await ask<unknown>(address, data, token.current);
      dispatch({ type: 'problem', text: undefined });
      if (address.startsWith('demo.connections.')) dispatch({ type: 'pairs', pairs: [answer as Pair] });
    } catch (error) {
      dispatch({ type: 'problem', text: error instanceof Error ? error.message : String(error) });
    }
  }, []);
  // A verticle makes of it what everybody gets: with an id, the sender and a time.
  const say = useCallback((words: Said) => chat.current?.say(words), []);
  return { ...state, open, act, say };
}
