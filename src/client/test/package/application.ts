// An application that has the package: its entries by their names, with the types that are published.
import { connect, type Client } from 'carillon-client';
import { withFallback } from 'carillon-client/fallback';
import { indexedDbStore } from 'carillon-client/indexeddb';
import { msgpackCodec } from 'carillon-client/msgpack';
import { connect as connectInNode } from 'carillon-client/node';
import { typedHooks } from 'carillon-client/react';
import { useInvalidation } from 'carillon-client/react/query';
import { WebSockets } from 'carillon-client/react/websocket';
import { connectTabs } from 'carillon-client/tabs';

interface Api {
  channels: { feed: { readonly text: string } };
  requests: Record<never, never>;
  user: never;
}

const options = { url: '/ws', getToken: () => 'token', webSocket: withFallback(), codec: msgpackCodec };
const outbox = { store: indexedDbStore({ name: 'alice' }) };

export const clients: Client<Api>[] = [
  connect<Api>({ ...options, outbox }),
  connectTabs<Api>({ ...options, name: 'alice' }),
  connectInNode<Api>(options),
];
export const sockets = new WebSockets({ generic: options });
export const { useChannel } = typedHooks<Api>();
export { useInvalidation };
// @ts-expect-error what is published is typed as what is compiled here
void clients[0]?.channel('feed').publish({ title: 'x' });
