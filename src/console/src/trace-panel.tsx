// What happens to one user or on one channel, as it happens.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TraceEvent } from './api';
import { brief, clock } from './format';
import { useDesk } from './hooks';
import { PAYLOADS_SCOPE } from './identity';
import { bodyOf, lineOf, matches } from './tracing';

/** Most lines that are kept; the oldest go. */
const KEPT = 500;
const SIDES = { in: '→', out: '←', event: '•' } as const;
const MEANT = { in: 'said', out: 'told', event: '' } as const;

interface Heard {
  readonly number: number;
  readonly event: TraceEvent;
}

/** @param of `user:ID` or `channel:NAME` */
export function Tracing({ of }: { readonly of: string }) {
  const { client, who } = useDesk().session;
  const allowed = who.scopes.includes(PAYLOADS_SCOPE);
  const [on, setOn] = useState(false);
  const [payloads, setPayloads] = useState(false);
  const [words, setWords] = useState('');
  const [heard, setHeard] = useState<readonly Heard[]>([]);
  const [note, setNote] = useState('');
  const numbers = useRef(0);

  useEffect(() => {
    if (!on) return;
    const waiting: Heard[] = [];
    let drawing = 0;
    const draw = (): void => {
      drawing = 0;
      const fresh = waiting.splice(0).reverse();
      setHeard((before) => [...fresh, ...before].slice(0, KEPT));
    };
    const channel = client.channel(payloads ? `$payloads:${of}` : `$trace:${of}`);
    const releases = [
      channel.on('message', ({ data }) => {
        waiting.push({ number: ++numbers.current, event: data });
        if (drawing === 0) drawing = requestAnimationFrame(draw);
      }),
      channel.on('subscribed', () => setNote('')),
      channel.on('gap', () => setNote('The connection was away for a while: something may be missing.')),
      channel.on('error', (error) => setNote(error.message)),
    ];
    return () => {
      releases.forEach((release) => release());
      cancelAnimationFrame(drawing);
    };
  }, [client, of, on, payloads]);
  useEffect(() => {
    setOn(false);
    setHeard([]);
  }, [of]);

  const shown = heard.filter(({ event }) => matches(event, words));
  return (
    <section class="card trace" aria-label="Trace" data-testid="trace" data-on={on}>
      <h2>
        Trace <small>{on ? 'live' : 'what is said and told, live'}</small>
        <span class="buttons">
          <label class="check" title={allowed ? '' : `Takes the scope ${PAYLOADS_SCOPE}`}>
            <input
              type="checkbox"
              checked={payloads}
              disabled={!allowed}
              onChange={({ currentTarget }) => setPayloads(currentTarget.checked)}
              data-testid="payloads"
            />
            payloads
          </label>
          {heard.length > 0 && (
            <button class="quiet small" onClick={() => setHeard([])}>
              Clear
            </button>
          )}
          <button class="small" onClick={() => setOn(!on)} data-testid="trace-switch">
            {on ? 'Stop' : 'Start'}
          </button>
        </span>
      </h2>
      {note !== '' && <p class="error">{note}</p>}
      {(on || heard.length > 0) && (
        <input
          aria-label="Only lines with"
          placeholder="only lines with …"
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
      )}
      <ol class="lines" data-testid="lines">
        {shown.map(({ number, event }) => (
          <TraceLine key={number} event={event} />
        ))}
      </ol>
      {on && heard.length === 0 && <p class="faint">Listening on all nodes …</p>}
    </section>
  );
}

function TraceLine({ event }: { readonly event: TraceEvent }) {
  const [open, setOpen] = useState(false);
  const { side, what, channel, detail } = lineOf(event);
  return (
    <li class={side}>
      <button class="plain" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time>{clock(event.at)}</time>
        <span class="side">
          <span aria-hidden="true">{SIDES[side]}</span>
          <span class="unseen">{MEANT[side]}</span>
        </span>
        <b>{what}</b>
        <span class="about">
          <span class="id">{channel}</span>
          <span class="faint">{detail}</span>
        </span>
        <small title={event.node}>{brief(event.node)}</small>
      </button>
      {event.dropped !== undefined && <p class="faint">{event.dropped} more before it were too many to tell</p>}
      {open && <pre>{bodyOf(event)}</pre>}
    </li>
  );
}
