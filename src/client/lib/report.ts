import type { State } from './connection.js';
import type { Position } from './frames.js';

/** What happens inside, for analytics and debugging: no payloads, no tokens. */
export type Report =
  | { readonly type: 'state'; readonly state: State; readonly previous: State }
  | { readonly type: 'attempt'; readonly url: string; readonly attempt: number }
  | {
      readonly type: 'connected';
      readonly node: string;
      readonly sessionId: string;
      readonly moved: boolean;
      readonly tookMs: number;
    }
  | { readonly type: 'closed'; readonly code: number; readonly reason: string }
  | { readonly type: 'waiting'; readonly ms: number; readonly attempt: number }
  | { readonly type: 'gave-up'; readonly attempts: number }
  | { readonly type: 'moving'; readonly reason: string; readonly url: string | undefined }
  | { readonly type: 'paused' | 'resumed'; readonly reason: string }
  | { readonly type: 'token'; readonly event: 'refreshed' | 'failed'; readonly message?: string }
  | { readonly type: 'subscribed'; readonly channel: string; readonly recovered: boolean; readonly messages: number }
  | { readonly type: 'gap'; readonly channel: string; readonly missed: number | undefined; readonly cause: string }
  | { readonly type: 'hole'; readonly channel: string; readonly position: Position | undefined }
  | {
      readonly type: 'published';
      readonly channel: string;
      readonly tookMs: number;
      readonly attempts: number;
      readonly duplicate: boolean;
    }
  | {
      readonly type: 'publish-failed';
      readonly channel: string;
      readonly code: number | undefined;
      readonly message: string;
    }
  | { readonly type: 'store-failed'; readonly message: string }
  | { readonly type: 'round-trip'; readonly ms: number }
  | { readonly type: 'unreadable'; readonly message: string };

/** Takes reports; must not throw. */
export type Reporter = (report: Report) => void;

/** Where `debug` goes unless it is a function. */
export const consoleLog = (line: string): void => console.debug(line);
