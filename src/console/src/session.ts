// Who is logged in, and the two ways to the node: its API, and a connection over which it tells what happens.
import { connect, NoTokenError, type Client } from 'carillon-client';
import { Api, type NodeSample, type TraceEvent } from './api';
import { identityOf, type Identity } from './identity';

export interface OperatorApi {
  readonly channels: {
    readonly $nodes: NodeSample;
    readonly [trace: `$trace:${string}`]: TraceEvent;
    readonly [payloads: `$payloads:${string}`]: TraceEvent;
  };
  readonly requests: object;
  readonly user: unknown;
}

export interface Session {
  readonly who: Identity;
  readonly api: Api;
  readonly client: Client<OperatorApi>;
  /** Takes a newer token of the same operator. */
  renew(token: string): void;
  end(): void;
}

/** Of this tab alone, and gone with it. */
const STORED = 'carillon.console.token';

export const storedToken = (): string | null => sessionStorage.getItem(STORED);

/** @throws Error if the token cannot be an operator's, in words for the one who gave it */
export function begin(first: string): Session {
  let token = first.trim();
  let who = identityOf(token);
  sessionStorage.setItem(STORED, token);
  const client = connect<OperatorApi>({
    url: new URL('/ws', location.href.replace(/^http/, 'ws')).href,
    client: { name: 'carillon-console', version: '1' },
    // A console that nobody looks at costs nothing.
    pauseHiddenAfterMs: 60_000,
    getToken: (reason) => {
      if (reason === 'rejected' || (reason === 'connect' && identityOf(token).expiresAt < Date.now())) {
        throw new NoTokenError('The token is not believed any more.');
      }
      return token;
    },
  });
  return {
    get who() {
      return who;
    },
    api: new Api(() => token),
    client,
    renew(next) {
      const newer = identityOf(next.trim());
      if (newer.userId !== who.userId) {
        throw new Error(`This token is of ${newer.userId}, not of ${who.userId}: log out first.`);
      }
      who = newer;
      token = next.trim();
      sessionStorage.setItem(STORED, token);
      client.close();
      client.connect();
    },
    end() {
      sessionStorage.removeItem(STORED);
      client.close();
    },
  };
}
