import { useConnection } from 'carillon-client/react';
import { useState } from 'react';
import { useClient, type Pair } from '../api';
import type { User } from '../session';
import { Source } from '../source';
import { Clock } from '../time';
import { useNetwork } from './realtime';
import code from './realtime.ts?raw';
import { useStates } from './states';

export function NetworkPage({ user }: { user: User }) {
  const client = useClient();
  const { quality, members, pairs, ask, accept } = useNetwork();
  const states = useStates();
  const { state, session } = useConnection();
  const [problem, setProblem] = useState('');
  const people = [
    ...new Set([...members.map(({ userId }) => userId), ...pairs.flatMap(({ from, to }) => [from, to])]),
  ].filter((id) => id !== user.id);
  const act = (doing: Promise<void>): void => {
    doing.then(
      () => setProblem(''),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <div className="page">
      <div className="column">
        <h1>Professional network</h1>
        <p className="lead">
          All tabs of a user share one connection, and lose nothing when the tab that has it closes. The token goes in
          the first frame, never in the URL.
        </p>
        <section className="card" aria-labelledby="quality-title">
          <h2 id="quality-title">Connection</h2>
          <dl className="tiles">
            <Tile name="score" label="Score" value={String(Math.round(quality.score))} />
            <Tile name="rtt" label="Round trip" value={ms(quality.roundTripMs)} />
            <Tile name="jitter" label="Jitter" value={ms(quality.jitterMs)} />
            <Tile name="missed" label="Missed" value={String(quality.missed)} />
          </dl>
          <p className="hint">
            session <code data-testid="session">{session?.sessionId ?? '–'}</code>, the same in every tab of yours
          </p>
          <div className="row">
            <button type="button" className="quiet" disabled={state === 'disconnected'} onClick={() => client.close()}>
              Disconnect
            </button>
            <button
              type="button"
              className="quiet"
              disabled={state !== 'disconnected' && state !== 'error'}
              onClick={() => client.connect()}
            >
              Connect
            </button>
          </div>
          <h3>States</h3>
          <ol className="log" data-testid="states" tabIndex={0} aria-label="States, oldest first">
            {states.map(({ state: was, at }, index) => (
              <li key={index} data-state={was}>
                <Clock at={at} seconds />{' '}
                <span className="state" data-state={was}>
                  {was}
                </span>
              </li>
            ))}
          </ol>
        </section>
        <section className="card" aria-labelledby="network-title">
          <h2 id="network-title">People</h2>
          <ul className="list" data-testid="network">
            {people.sort().map((other) => (
              <li key={other} data-user={other}>
                <span className="grow">
                  {other}
                  <small>{members.some(({ userId }) => userId === other) ? 'here' : 'away'}</small>
                </span>
                <Relation
                  me={user.id}
                  other={other}
                  pairs={pairs}
                  ask={() => act(ask(other))}
                  accept={() => act(accept(other))}
                />
              </li>
            ))}
          </ul>
          {people.length === 0 && (
            <p className="empty">Nobody else is here. Open a private window, and be somebody else.</p>
          )}
          {problem !== '' && (
            <p className="bad" role="alert">
              {problem}
            </p>
          )}
        </section>
      </div>
      <Source file="network/realtime.ts" code={code} />
    </div>
  );
}

interface RelationProps {
  readonly me: string;
  readonly other: string;
  readonly pairs: readonly Pair[];
  readonly ask: () => void;
  readonly accept: () => void;
}

function Relation({ me, other, pairs, ask, accept }: RelationProps) {
  const pair = pairs.find(({ from, to }) => (from === me && to === other) || (from === other && to === me));
  if (pair?.state === 'accepted') return <span className="good">connected</span>;
  if (pair?.from === me) return <span className="hint">asked</span>;
  return (
    <button type="button" className="quiet" onClick={pair === undefined ? ask : accept}>
      {pair === undefined ? 'Connect' : 'Accept'}
      <span className="unseen"> {other}</span>
    </button>
  );
}

const ms = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(1)} ms`);

function Tile({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-testid={name}>{value}</dd>
    </div>
  );
}
