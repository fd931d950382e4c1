import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../src/api';
import { meaningOf } from '../src/codes';
import { bodyOf, lineOf, matches } from '../src/tracing';

const event = (told: Omit<TraceEvent, 'at' | 'node'>): TraceEvent => ({ at: 0, node: 'n1', ...told });

describe('a line of a trace', () => {
  it('is what the client said', () => {
    const said = event({ event: 'in', session_id: 's', frame: { type: 'publish', channel: 'room:1', data_bytes: 12 } });

    expect(lineOf(said)).toEqual({ side: 'in', what: 'publish', channel: 'room:1', detail: '12 B' });
  });

  it('is what it was told', () => {
    const frame = { type: 'error', code: 203, error: 'permission denied' } as TraceEvent['frame'];

    expect(lineOf(event({ event: 'out', ...(frame ? { frame } : {}) }))).toMatchObject({
      side: 'out',
      what: 'error',
      detail: '203 · permission denied',
    });
  });

  it('is what happened', () => {
    expect(lineOf(event({ event: 'closed', session_id: 's', code: 4401 }))).toMatchObject({
      what: 'closed',
      detail: '4401',
    });
    expect(
      lineOf(event({ event: 'published', user_id: 'ann', offset: 7, data_bytes: 2, duplicate: true })),
    ).toMatchObject({ side: 'event', what: 'published', detail: '#7 · 2 B · duplicate · by ann' });
  });

  it('is found by anything that it has', () => {
    const said = event({ event: 'in', frame: { type: 'subscribe', channel: 'Room:1' } });

    expect(matches(said, 'room:1')).toBe(true);
    expect(matches(said, '')).toBe(true);
    expect(matches(said, 'room:2')).toBe(false);
    expect(JSON.parse(bodyOf(said))).toEqual(said);
  });
});

describe('a close code', () => {
  it('means what the protocol says, and a newer one what its range does', () => {
    expect(meaningOf('4010')).toBe('draining');
    expect(meaningOf('4499')).toBe('refused for good');
    expect(meaningOf('4399')).toBe('reconnects');
  });
});
