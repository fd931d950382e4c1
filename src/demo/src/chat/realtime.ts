import type { CarillonError } from 'carillon-client';
import { useEffect, useReducer, useState } from 'react';
import { useChannel, useEvent, type Thread } from '../api';
import { change } from './rows';
import { useTyping } from './typing';

/** A thread: what was said, what waits for its acknowledgement, who is writing. */
export function useThread(thread: Thread, correlationId: string) {
  const [rows, dispatch] = useReducer(change, []);
  const [refused, refuse] = useState<CarillonError>();
  const { channel, live } = useChannel(thread, {
    message: (message) => dispatch({ type: 'arrived', messages: [message] }),
    gap: ({ missed }) => dispatch({ type: 'gap', missed }),
    error: refuse, // 203: the application's verticle says that this is not for us
  });
  useEffect(() => {
    if (live)
      void channel
        .history({ limit: 100, reverse: true })
        .then(({ messages }) => dispatch({ type: 'arrived', messages }));
  }, [channel, live]);
  const { writing, heard, wrote } = useTyping((is_typing) =>
    channel.publish({ type: 'typing', is_typing }, { queue: false }),
  );
  useEvent(thread, 'typing', ({ is_typing }, { userId }) =>
    heard(userId, is_typing),
  );
  const say = (text: string): void => {
    const key = crypto.randomUUID(); // makes every retry harmless, also after a reload: the outbox is in IndexedDB
    dispatch({ type: 'written', key, text });
    channel
      .publish(
        { type: 'message', text, key, correlation_id: correlationId },
        { key },
      )
      .then(
        ({ position }) =>
          dispatch({ type: 'acknowledged', key, offset: position?.offset }),
        (error: unknown) => dispatch({ type: 'failed', key, error }),
      );
  };
  return { rows, live, refused, writing, wrote, say };
}
