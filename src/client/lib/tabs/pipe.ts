/** A way between a tab and its hub: messages in order, both ways, as structured clones. */
export interface Pipe<Out, In> {
  post(message: Out): void;
  /** Called once, before anything can arrive. */
  receive(handler: (message: In) => void): void;
  /** What was posted still arrives; nothing is received any more. */
  close(): void;
}

/** What `MessagePort` and `BroadcastChannel` have in common. */
export interface PortLike {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

export function pipeOver<Out, In>(port: PortLike): Pipe<Out, In> {
  return {
    post: (message) => port.postMessage(message),
    receive: (handler) => (port.onmessage = ({ data }: { readonly data: unknown }) => handler(data as In)),
    close: () => {
      port.onmessage = null;
      port.close();
    },
  };
}
