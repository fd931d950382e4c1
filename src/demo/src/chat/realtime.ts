import type { CarillonError } from 'carillon-client';
import { useMemo, useReducer, useState } from 'react';
import { useChannel, type Thread } from '../api';
import { change, useLatest } from './rows';
import { MARKS, useWriting } from './typing';

/** What was said, what waits for its acknowledgement, who is writing. */
export function useThread(thread: Thread, correlation_id: string) {
  const [rows, tell] = useReducer(change, []);
  const [refused, refuse] = useState<CarillonError>();
  const { channel, live } = useChannel(thread, {
    message: (message) => tell({ type: 'arrived', messages: [message] }),
    gap: ({ missed }) => tell({ type: 'gap', missed }),
    error: refuse, // 203: a verticle says that this is not for us
  });
  useLatest(channel, live, tell);
  const writing = useWriting(thread);
  const typing = useMemo(() => channel.typing(MARKS), [channel]);
  const say = (text: string): void => {
    const key = crypto.randomUUID(); // makes retries harmless, over reloads
    tell({ type: 'written', key, text });
    channel.publish({ type: 'message', text, key, correlation_id }, { key }).then(
      ({ position }) =>
        tell({ type: 'acknowledged', key, offset: position?.offset }),
      (error: unknown) => tell({ type: 'failed', key, error }),
    );
  };
  return { rows, live, refused, writing, typing, say };
}
