import { useRef, useState } from 'react';
import { useEvent, type ChatData, type Thread } from '../api';

/** What others are told: at the first key, again each 3 s while it goes on, and when it is over. */
export const MARKS = {
  on: { type: 'typing', is_typing: true },
  off: { type: 'typing', is_typing: false },
} satisfies Record<string, ChatData>;

/** A mark is said again after 3 s, and believed for a little longer. */
const BELIEVED_MS = 4000;

/** Who is writing, as we hear. */
export function useWriting(thread: Thread): readonly string[] {
  const [writing, setWriting] = useState<readonly string[]>([]);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const stop = (user: string): void => setWriting((now) => now.filter((other) => other !== user));
  useEvent(thread, 'typing', ({ is_typing }, { userId }) => {
    if (userId === undefined) return;
    clearTimeout(timers.current.get(userId));
    stop(userId);
    if (is_typing) {
      setWriting((now) => [...now, userId]);
      timers.current.set(
        userId,
        setTimeout(() => stop(userId), BELIEVED_MS),
      );
    }
  });
  return writing;
}
