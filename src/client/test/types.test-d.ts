// Compiled by `npm run types`, never run: a line below `@ts-expect-error` that compiles is an error.
import { connect, type Position } from '../lib/index.js';
import { typedHooks } from '../lib/react/index.js';

interface Chat {
  channels: {
    feed: { readonly text: string };
    [room: `messages:${string}`]:
      | { readonly type: 'new_message'; readonly id: number; readonly content: string }
      | { readonly type: 'typing'; readonly is_typing: boolean };
  };
  requests: { 'demo.sum': { data: readonly number[]; answer: number } };
  user: { readonly type: 'alert'; readonly level: 1 | 2 };
}

const client = connect<Chat>({ url: 'wss://example.org/ws', getToken: () => 'token' });

client.channel('feed').on('message', ({ data, position }) => {
  const text: string = data.text;
  const at: Position | undefined = position;
  // @ts-expect-error the data of feed have no title
  return [text, at, data.title];
});
void client.channel('messages:42').publish({ type: 'typing', is_typing: true });
client.channel('messages:42').when('new_message', ({ content }, { userId }) => [content, userId]);
client.user.when('alert', ({ level }) => level);
client.user.on('message', ({ data }) => data.level);
export const sum: Promise<number> = client.request('demo.sum', [1, 2]);

// @ts-expect-error no such channel
client.channel('fed');
// @ts-expect-error text is a string
void client.channel('feed').publish({ text: 1 });
// @ts-expect-error no such event of a room
void client.channel('messages:42').publish({ type: 'typed', is_typing: true });
// @ts-expect-error an event of another shape
void client.channel('messages:42').publish({ type: 'typing', content: 'x' });
client
  .channel('messages:42')
  .typing({ on: { type: 'typing', is_typing: true } })
  .key();
// @ts-expect-error a mark is data of the channel
client.channel('messages:42').typing({ on: { type: 'writing' } });
// @ts-expect-error no such type of data
client.channel('messages:42').when('edited', () => undefined);
// @ts-expect-error a typing event has no content
client.channel('messages:42').when('typing', ({ content }) => content as unknown);
// @ts-expect-error no such event of a channel
client.channel('feed').on('messages', () => undefined);
// @ts-expect-error no such address
void client.request('demo.sub', [1]);
// @ts-expect-error numbers are asked for
void client.request('demo.sum', ['1']);
// @ts-expect-error the answer is a number
export const wrong: Promise<string> = client.request('demo.sum', [1]);
// @ts-expect-error the personal channel is the server's to publish on
client.user.publish({ type: 'alert', level: 1 });
// @ts-expect-error a token cannot be left out
connect({ url: 'wss://example.org/ws' });
// @ts-expect-error undefined is no number of attempts: leave it out
connect({ url: 'wss://example.org/ws', getToken: () => 'token', maxAttempts: undefined });

// Without a map everything goes.
const untyped = connect({ url: ['wss://a.example.org/ws', 'wss://b.example.org/ws'], getToken: () => 'token' });
untyped.channel('anything').on('message', ({ data }) => data);
void untyped.channel('anything').publish({ any: ['thing'] });
export const answer: Promise<unknown> = untyped.request('any.address', 1);

// In React.
export function useTypes(): string | undefined {
  const { useChannel, useClient, useEvent, usePresence, useUserEvent } = typedHooks<Chat>();
  const { channel } = useChannel('feed', { message: ({ data }) => data.text, join: ({ member }) => member.userId });
  void channel.publish({ text: 'x' });
  void useClient().request('demo.sum', [1]);
  useEvent('messages:42', 'typing', ({ is_typing }) => is_typing);
  useUserEvent('alert', ({ level }) => level);
  // @ts-expect-error no such channel
  useChannel('fed');
  // @ts-expect-error no such event of a channel
  useChannel('feed', { messages: () => undefined });
  // @ts-expect-error the data of feed have no title
  useChannel('feed', { message: ({ data }) => data.title as unknown });
  client
    .channel('messages:42')
    .typing({ on: { type: 'typing', is_typing: true } })
    .key();
  // @ts-expect-error a mark is data of the channel
  client.channel('messages:42').typing({ on: { type: 'writing' } });
  // @ts-expect-error no such type of data
  useEvent('messages:42', 'edited', () => undefined);
  // @ts-expect-error a typing event has no content
  useEvent('messages:42', 'typing', ({ content }) => content as unknown);
  // @ts-expect-error no such type of the user's
  useUserEvent('alarm', () => undefined);
  // @ts-expect-error no such channel
  usePresence('fed');
  return usePresence('feed').members[0]?.userId;
}
