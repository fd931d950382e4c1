import type { ConnectOptions } from '../client.js';
import type { State } from '../connection.js';
import { CarillonError } from '../errors.js';
import type { AuthSuccessFrame, Command, ServerFrame, Subscribe } from '../frames.js';
import type { Report } from '../report.js';
import type { TokenReason } from '../tokens.js';

/** A `CarillonError`, which would not arrive as one. */
export type Fault = Pick<CarillonError, 'code' | 'message' | 'temporary' | 'retryAfterMs'>;

export const faultOf = ({ code, message, temporary, retryAfterMs }: CarillonError): Fault => ({
  code,
  message,
  temporary,
  retryAfterMs,
});

export const errorOfFault = ({ code, message, temporary, retryAfterMs }: Fault): CarillonError =>
  new CarillonError(code, message, temporary, retryAfterMs);

/** What a hub takes from the options of its first tab: those that can be sent to it. */
export type HubOptions = Pick<ConnectOptions, 'url' | 'client' | 'backoff' | 'maxAttempts' | 'openWithinMs'>;

export type ToHub =
  /** `lock` is held by the tab for as long as it lives; undefined where there are no Web Locks. */
  | { readonly type: 'attach'; readonly options: HubOptions; readonly lock: string | undefined }
  | { readonly type: 'detach' | 'ping' | 'doubt' | 'connect' }
  /** Answers `open`: what the tab wants, from where. */
  | { readonly type: 'auth'; readonly round: number; readonly subscribe: readonly Subscribe[] }
  | { readonly type: 'send'; readonly command: Command }
  | { readonly type: 'call'; readonly id: number; readonly command: Command; readonly timeoutMs: number }
  | { readonly type: 'token'; readonly question: number; readonly token: string | undefined }
  /** No token; `final` if there will be none. */
  | { readonly type: 'no-token'; readonly question: number; readonly message: string; readonly final: boolean };

export type ToTab =
  /** The hub listens. */
  | { readonly type: 'hello' | 'pong' }
  /** The hub does nothing more for this tab, which may come again, here or elsewhere. */
  | { readonly type: 'gone' }
  | { readonly type: 'state'; readonly state: State; readonly error: Fault | undefined }
  /** There is a new link to a node. */
  | { readonly type: 'open'; readonly round: number }
  | { readonly type: 'welcome'; readonly round: number; readonly auth: AuthSuccessFrame }
  | { readonly type: 'lost'; readonly byItself: boolean }
  | { readonly type: 'push'; readonly frame: ServerFrame }
  | { readonly type: 'answer'; readonly id: number; readonly answer: ServerFrame | { readonly fault: Fault } }
  | { readonly type: 'ask'; readonly question: number; readonly about: Question }
  /** A tab has ended, and may have left publishes. */
  | { readonly type: 'orphans' }
  | { readonly type: 'report'; readonly report: Report };

/** Which token is asked for. */
export type Question = { readonly reason: TokenReason } | { readonly channel: string };
