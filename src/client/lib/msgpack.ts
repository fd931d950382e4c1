import { decode, encode } from '@msgpack/msgpack';
import type { Codec } from './codec.js';
import { FrameError, readFrame } from './read-frame.js';

/** `carillon.v1.msgpack`: a binary message a frame; bytes are as they are. What `codec` of `connect` takes. */
export const msgpackCodec: Codec = {
  subprotocol: 'carillon.v1.msgpack',

  encode(command) {
    return [encode(command, { ignoreUndefined: true, maxDepth: 200 })];
  },

  decoder() {
    return {
      decode(message) {
        if (typeof message === 'string') {
          throw new FrameError('text');
        }
        let frame: unknown;
        try {
          frame = decode(message);
        } catch {
          throw new FrameError('not MessagePack');
        }
        return readFrame(frame);
      },
    };
  },
};
