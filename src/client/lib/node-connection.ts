import type { Backoff } from './backoff.js';
import type { ConnectOptions } from './client.js';
import type { Clock } from './clock.js';
import { jsonCodec } from './codec.js';
import { Connection, type ConnectionEvents } from './connection.js';
import type { Subscribe } from './frames.js';
import { Link } from './link.js';
import type { Reporter } from './report.js';
import { Tokens } from './tokens.js';
import { webSocketTransport, type Transport } from './transport.js';
import { endpoint } from './urls.js';

/** What of a client its connection needs. */
export interface ConnectionParts {
  readonly options: ConnectOptions;
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly report: Reporter;
  /** What `auth` asks for. */
  readonly first: () => readonly Subscribe[];
  readonly events: ConnectionEvents;
  /** What the application gives for a channel; undefined if it gives nothing. */
  readonly channelToken: (channel: string) => string | Promise<string> | undefined;
  /** Takes over publishes that ended pages have left. */
  readonly adopt: () => void;
}

/** The addresses of the nodes, those of the page made whole. Throws if there are none. */
export function endpointsOf(url: ConnectOptions['url']): readonly string[] {
  const urls = (typeof url === 'string' ? [url] : url).map(endpoint);
  if (urls.length === 0) {
    throw new Error('url: there must be one at least');
  }
  return urls;
}

/** A connection of its own to a node. */
export function nodeConnection(parts: Omit<ConnectionParts, 'channelToken' | 'adopt'>): Connection {
  const { options, clock, backoff, report, first, events } = parts;
  const { getToken, maxAttempts = Infinity, openWithinMs = 10_000, codec = jsonCodec, client } = options;
  let means: { readonly urls: readonly string[]; readonly transport: Transport } | undefined;
  const known = (): NonNullable<typeof means> =>
    (means ??= {
      urls: endpointsOf(options.url),
      transport: options.transport ?? webSocketTransport(options.webSocket),
    });
  // A mistake is told at once; but a server that renders a page has no address and perhaps no WebSocket, and never connects.
  if (options.autoConnect !== false) {
    known();
  }
  return new Connection({
    urls: () => known().urls,
    maxAttempts,
    clock,
    report,
    backoff,
    tokens: new Tokens({ getToken, clock, timeoutMs: openWithinMs, report }),
    openLink: (url, token, linkEvents) =>
      new Link({
        transport: known().transport,
        codec,
        clock,
        url,
        openWithinMs,
        events: linkEvents,
        report,
        auth: () => ({ type: 'auth', token, subscribe: first(), ...(client === undefined ? {} : { client }) }),
      }),
    events,
  });
}
