import { post, socketUrl } from '../session';
import type { FeedEvent } from './events';

/** One channel on a plain WebSocket: `/ws/messages/42` is `messages:42`. Payloads are bare, and there is no library. */
export function listen(
  path: string,
  token: string,
  heard: (event: FeedEvent) => void,
  state: (open: boolean) => void,
) {
  let socket: WebSocket;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    socket = new WebSocket(`${socketUrl}/${path}?token=${token}`);
    socket.onopen = () => state(true);
    socket.onmessage = ({ data }) => heard(JSON.parse(data as string) as FeedEvent);
    socket.onclose = ({ code }) => {
      state(false);
      // The number range alone says whether to come back.
      if (code < 4400 || code > 4499)
        retry = setTimeout(open, 1000 + Math.random() * 4000);
    };
  };
  open();
  const close = (): void => {
    clearTimeout(retry);
    socket.onclose = null;
    socket.close();
  };
  const say = (data: unknown): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(data));
  };
  return { close, say };
}

/** What is to be done goes to a verticle, here over HTTP; what happened comes back to everybody by broadcast. */
export async function ask<T>(
  address: string,
  data: unknown,
  token: string,
): Promise<T> {
  const answer = await post(
    '/dev/request',
    { address, data },
    { authorization: `Bearer ${token}` },
  );
  const { data: value, error } = (await answer.json()) as {
    data?: T;
    error?: { message: string };
  };
  if (error !== undefined) throw new Error(error.message);
  return value as T;
}
