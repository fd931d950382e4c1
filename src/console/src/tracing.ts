// What a trace shows, in one line each.
import type { TraceEvent } from './api';

export interface Line {
  /** What the client said, what it was told, or what happened. */
  readonly side: 'in' | 'out' | 'event';
  readonly what: string;
  readonly channel: string;
  /** Where in the stream, what code, how many bytes. */
  readonly detail: string;
}

type Frame = NonNullable<TraceEvent['frame']> & Readonly<Record<string, unknown>>;

export function lineOf(event: TraceEvent): Line {
  const frame = (event.frame ?? { type: '' }) as Frame;
  const side = event.event === 'in' || event.event === 'out' ? event.event : 'event';
  return {
    side,
    what: side === 'event' ? event.event : frame.type,
    channel: typeof frame.channel === 'string' ? frame.channel : '',
    detail: [
      offset(event.offset ?? frame['offset']),
      code(event.code ?? frame['code']),
      text(frame['error']),
      size(event.data_bytes ?? frame.data_bytes),
      event.duplicate === true || frame['duplicate'] === true ? 'duplicate' : '',
      side === 'event' && event.user_id !== undefined ? `by ${event.user_id}` : '',
    ]
      .filter(Boolean)
      .join(' · '),
  };
}

/** Everything that a line leaves out, for whoever opens it. */
export const bodyOf = (event: TraceEvent): string => JSON.stringify(event, null, 2);

export const matches = (event: TraceEvent, words: string): boolean =>
  words === '' || JSON.stringify(event).toLowerCase().includes(words.toLowerCase());

const offset = (value: unknown): string => (typeof value === 'number' ? `#${value}` : '');
const code = (value: unknown): string => (typeof value === 'number' ? String(value) : '');
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const size = (value: unknown): string => (typeof value === 'number' ? `${value} B` : '');
