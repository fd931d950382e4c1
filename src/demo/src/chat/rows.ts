import { CarillonError, type Channel, type Message } from 'carillon-client';
import { useEffect } from 'react';
import type { ChatData } from '../api';

/** One line of a thread. */
export interface Row {
  readonly key: string;
  readonly text: string;
  readonly state: 'pending' | 'acknowledged' | 'arrived' | 'failed' | 'gap';
  /** Undefined while it is pending, and of a gap. */
  readonly offset: number | undefined;
  /** Undefined for one's own that has not come back yet. */
  readonly userId: string | undefined;
  readonly at: number;
  readonly correlationId: string | undefined;
}

export type Change =
  | { readonly type: 'arrived'; readonly messages: readonly Message<ChatData>[] }
  | { readonly type: 'written'; readonly key: string; readonly text: string }
  | { readonly type: 'acknowledged'; readonly key: string; readonly offset: number | undefined }
  | { readonly type: 'failed'; readonly key: string; readonly error: unknown }
  | { readonly type: 'gap'; readonly missed: number | undefined };

const SHOWN = 500;

/** Each message once, where its offset says; what waits stands last. */
export function change(rows: readonly Row[], what: Change): readonly Row[] {
  switch (what.type) {
    case 'arrived': {
      const arrived = what.messages.flatMap(rowOf);
      const keys = new Set(arrived.map(({ key }) => key));
      return [...rows.filter(({ key }) => !keys.has(key)), ...arrived].sort(byOffset).slice(-SHOWN);
    }
    case 'written':
      return [...rows, { ...own(what.key, what.text), state: 'pending' }];
    case 'acknowledged':
      return rows
        .map((row) =>
          row.key === what.key && row.state === 'pending'
            ? { ...row, state: 'acknowledged' as const, offset: what.offset }
            : row,
        )
        .sort(byOffset);
    case 'failed':
      return rows.map((row) =>
        row.key === what.key ? { ...row, state: 'failed', text: `${row.text} (${reason(what.error)})` } : row,
      );
    case 'gap':
      return [...rows, { ...own(crypto.randomUUID(), `${what.missed ?? 'some'} messages are missing`), state: 'gap' }];
  }
}

/** What was said before, whenever the channel is live again. */
export function useLatest(channel: Channel<ChatData>, live: boolean, tell: (what: Change) => void): void {
  useEffect(() => {
    if (!live) return;
    channel.history({ limit: 100, reverse: true }).then(
      ({ messages }) => tell({ type: 'arrived', messages }),
      () => undefined, // it is asked again when the channel is live again
    );
  }, [channel, live, tell]);
}

function rowOf({ data, userId, timestamp, position }: Message<ChatData>): Row[] {
  if (data.type === 'typing' || typeof data.text !== 'string') return [];
  const key = data.type === 'message' ? data.key : `at-${position?.offset ?? timestamp}`;
  const correlationId = data.type === 'message' ? data.correlation_id : undefined;
  return [{ key, text: data.text, state: 'arrived', offset: position?.offset, userId, at: timestamp, correlationId }];
}

const reason = (error: unknown): string =>
  error instanceof CarillonError ? `${error.code}: ${error.message}` : String(error);

const own = (key: string, text: string): Omit<Row, 'state'> => ({
  key,
  text,
  offset: undefined,
  userId: undefined,
  at: Date.now(),
  correlationId: undefined,
});

const byOffset = (a: Row, b: Row): number => (a.offset ?? Infinity) - (b.offset ?? Infinity) || 0;
