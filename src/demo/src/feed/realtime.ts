import { socketUrl } from '../session';
import type { FeedEvent, Listener } from './events';

/** A channel on a plain WebSocket: no library, and payloads are bare. */
export function listen(path: string, token: string, { heard, opened }: Listener) {
  let socket: WebSocket;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    socket = new WebSocket(`${socketUrl}/${path}?token=${token}`);
    socket.onopen = () => opened(true);
    socket.onmessage = ({ data }) => heard(JSON.parse(data as string) as FeedEvent);
    socket.onclose = ({ code }) => {
      opened(false);
      const final = code >= 4400 && code <= 4499; // the code says it
      if (!final) retry = setTimeout(open, 1000 + Math.random() * 4000);
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
