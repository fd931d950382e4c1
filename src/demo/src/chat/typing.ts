import { useRef, useState } from 'react';

/** Said again after so long, and believed for a little longer. */
const AGAIN_MS = 2000;
const BELIEVED_MS = 3000;

/** Who is writing, and telling so ourselves without flooding anybody; what is told is stale in a moment, so it may be lost. */
export function useTyping(tell: (isTyping: boolean) => Promise<unknown>) {
  const [writing, setWriting] = useState<readonly string[]>([]);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const toldAt = useRef(0);
  const stop = (user: string): void => setWriting((now) => now.filter((other) => other !== user));
  const heard = (user: string | undefined, isTyping: boolean): void => {
    if (user === undefined) return;
    clearTimeout(timers.current.get(user));
    stop(user);
    if (isTyping) {
      setWriting((now) => [...now, user]);
      timers.current.set(
        user,
        setTimeout(() => stop(user), BELIEVED_MS),
      );
    }
  };
  const wrote = (text: string): void => {
    const isTyping = text !== '';
    if (!isTyping || Date.now() - toldAt.current > AGAIN_MS) {
      toldAt.current = isTyping ? Date.now() : 0;
      tell(isTyping).catch(() => undefined);
    }
  };
  return { writing, heard, wrote };
}
