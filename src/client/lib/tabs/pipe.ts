/** A way between a tab and its hub: messages in order, both ways, as structured clones. */
export interface Pipe<Out, In> {
  /** Does nothing once it is closed. */
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
  let open = true;
  return {
    post: (message) => {
      // A closed `BroadcastChannel` throws.
      if (open) {
        port.postMessage(message);
      }
    },
    receive: (handler) => (port.onmessage = ({ data }: { readonly data: unknown }) => handler(data as In)),
    close: () => {
      open = false;
      port.onmessage = null;
      port.close();
    },
  };
}
