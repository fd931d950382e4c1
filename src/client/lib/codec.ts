import type { Command, ServerFrame } from './frames.js';
import { FrameError, readFrame } from './read-frame.js';

/** One wire form. A codec has no state; what a connection needs between two messages is in its decoder. */
export interface Codec {
  /** Offered in the handshake. */
  readonly subprotocol: string;
  /** The messages that one command takes, in order. */
  encode(command: Command & { readonly id?: number }): readonly (string | Uint8Array)[];
  decoder(): Decoder;
}

export interface Decoder {
  /**
   * The frame that a message completes, or undefined if more is to come.
   *
   * @throws FrameError if it is none
   */
  decode(message: string | ArrayBuffer): ServerFrame | undefined;
}

/** `carillon.v1.json`: a text message a frame; bytes are a text message that announces them, and a binary one. */
export const jsonCodec: Codec = {
  subprotocol: 'carillon.v1.json',

  encode(command) {
    if (command.type === 'publish' && command.data instanceof Uint8Array) {
      const { data, ...rest } = command;
      return [JSON.stringify({ ...rest, binary: true }), data];
    }
    return [JSON.stringify(command)];
  },

  decoder() {
    let announced: Readonly<Record<string, unknown>> | undefined;
    return {
      decode(message) {
        if (typeof message !== 'string') {
          const frame = announced;
          announced = undefined;
          if (frame === undefined) {
            throw new FrameError('bytes that were not announced');
          }
          return readFrame({ ...frame, bytes: new Uint8Array(message) });
        }
        const frame = parse(message);
        announced = frame['type'] === 'message' && frame['binary'] === true ? frame : undefined;
        return announced === undefined ? readFrame(frame) : undefined;
      },
    };
  },
};

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError('not JSON');
  }
  if (typeof value !== 'object' || value === null) {
    throw new FrameError('not an object');
  }
  return value as Readonly<Record<string, unknown>>;
}
