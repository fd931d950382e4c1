import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../lib/codec.js';
import type { Command, ServerFrame } from '../lib/frames.js';
import { msgpackCodec } from '../lib/msgpack.js';
import { FrameError } from '../lib/read-frame.js';

interface ServerVector {
  readonly record: string;
  readonly frame: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly bytes?: string;
}

interface ClientVector {
  readonly name: string;
  readonly frame?: Readonly<Record<string, unknown>> & { readonly type: Command['type'] };
}

const vectors = <T>(file: string): readonly T[] =>
  JSON.parse(
    readFileSync(new URL(`../../test/resources/conformance/${file}`, import.meta.url), 'utf8'),
  ) as readonly T[];

const server = vectors<ServerVector>('server.json');

function read({ frame, bytes }: ServerVector): ServerFrame | undefined {
  const decoder = jsonCodec.decoder();
  const first = decoder.decode(JSON.stringify(frame));
  if (bytes === undefined) {
    return first;
  }
  expect(first).toBeUndefined();
  return decoder.decode(Uint8Array.from(Buffer.from(bytes, 'base64')).buffer);
}

describe('what a node sends', () => {
  it.each(server)('$frame is read as its type', (vector) => {
    const frame = read(vector);
    expect(frame?.type).toBe(vector.frame.type);
    expect(frame?.id).toBe(vector.frame['id']);
  });

  it('keeps every field of a message', () => {
    const vector = server.find(({ frame }) => frame.type === 'message' && frame['offset'] === 17);
    expect(read(vector as ServerVector)).toEqual({
      id: undefined,
      type: 'message',
      channel: 'messages:42',
      publication: {
        epoch: 'e1',
        offset: 17,
        data: { text: '\u0000 " \\ \n é 😀' },
        meta: undefined,
        userId: 'u',
        timestamp: 1732150000123,
      },
    });
  });

  it('has the trace of its publisher, live and recovered', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const live = server.find(({ frame }) => frame.type === 'message' && frame['traceparent'] !== undefined);
    expect(read(live as ServerVector)).toMatchObject({ publication: { traceparent } });
    const page = server.find(({ frame }) => frame.type === 'history');
    expect(read(page as ServerVector)).toMatchObject({ messages: [{ traceparent }] });
  });

  it('has bytes where bytes were published, live and recovered', () => {
    const live = read(server.find(({ bytes }) => bytes !== undefined) as ServerVector);
    expect(live).toMatchObject({ publication: { data: Uint8Array.of(1, 2, 255), meta: { step: 3 } } });
    const recovered = read(server.find(({ frame }) => frame.type === 'subscribed') as ServerVector);
    expect(recovered).toMatchObject({ messages: [{ data: [1, 'ü'] }, { data: Uint8Array.of(1, 2, 255) }] });
  });

  it('is nothing else: what is malformed is an error, and the next frame is read', () => {
    const decoder = jsonCodec.decoder();
    const malformed = ['', 'null', '[]', '{}', '{"type":"later"}', '{"type":"ack","channel":7}', '{"type":"message"}'];
    for (const text of [...malformed, new ArrayBuffer(2)]) {
      expect(() => decoder.decode(text)).toThrow(FrameError);
    }
    expect(decoder.decode('{"type":"ping","later":1}')).toEqual({ id: undefined, type: 'ping' });
  });
});

describe('what a client sends', () => {
  const commands = vectors<ClientVector>('client-valid.json').flatMap(({ frame }) => frame ?? []);

  it('is every command of the protocol', () => {
    const known: Record<Command['type'], true> = {
      auth: true,
      refresh: true,
      subscribe: true,
      unsubscribe: true,
      publish: true,
      history: true,
      presence: true,
      request: true,
      ping: true,
      pong: true,
    };
    expect(new Set(commands.map(({ type }) => type))).toEqual(new Set(Object.keys(known)));
  });

  it('announces bytes, and sends them next', () => {
    const publish = { id: 9, type: 'publish', channel: 'simulation:7', meta: { step: 3 }, key: 'k2' } as const;
    const [announced, bytes] = jsonCodec.encode({ ...publish, data: Uint8Array.of(1, 2) });
    expect(commands).toContainEqual(JSON.parse(announced as string));
    expect(bytes).toEqual(Uint8Array.of(1, 2));
  });
});

describe('MessagePack', () => {
  const packed = JSON.parse(
    readFileSync(new URL('../../test/resources/conformance/msgpack.json', import.meta.url), 'utf8'),
  ) as {
    readonly frames: readonly { readonly frame: ServerVector['frame']; readonly hex: string }[];
    readonly commands: readonly { readonly name: string; readonly hex: string }[];
    readonly malformed: readonly { readonly name: string; readonly hex: string }[];
  };
  const bytes = (hex: string): ArrayBuffer => Uint8Array.from(Buffer.from(hex, 'hex')).buffer;

  it.each(packed.frames)('$frame is read as it is in JSON', ({ frame, hex }) => {
    const like = server.find((vector) => JSON.stringify(vector.frame) === JSON.stringify(frame)) as ServerVector;
    expect(msgpackCodec.decoder().decode(bytes(hex))).toEqual(read(like));
  });

  it('is written as a node reads it', () => {
    const hexOf = (command: object): string[] =>
      msgpackCodec
        .encode({ unset: undefined, ...command } as never)
        .map((message) => Buffer.from(message).toString('hex'));
    const vectorOf = (wanted: string): string[] =>
      packed.commands.flatMap(({ name, hex }) => (name === wanted ? hex : []));
    for (const { name, frame } of vectors<ClientVector>('client-valid.json')) {
      if (frame !== undefined && frame['binary'] !== true) {
        expect(hexOf(frame)).toEqual(vectorOf(name));
      }
    }
    const publish = { type: 'publish', id: 9, channel: 'simulation:7', data: Uint8Array.of(1, 2, 255) };
    expect(hexOf({ ...publish, meta: { step: 3 }, key: 'k2' })).toEqual(vectorOf('a publish of bytes'));
  });

  it('is nothing else', () => {
    const decoder = msgpackCodec.decoder();
    for (const { hex } of packed.malformed.filter(({ name }) => /promises|never uses|nil|array|text$/.test(name))) {
      expect(() => decoder.decode(bytes(hex))).toThrow(FrameError);
    }
    expect(() => decoder.decode('{"type":"ping"}')).toThrow(FrameError);
  });
});
