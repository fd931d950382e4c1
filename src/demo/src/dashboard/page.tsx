import { useState } from 'react';
import { usePresence } from '../api';
import { useCounts } from '../counts';
import { Entry } from '../entry';
import type { User } from '../session';
import { Source } from '../source';
import { Clock } from '../time';
import { useAlerts } from './realtime';
import code from './realtime.ts?raw';

export function DashboardPage({ user }: { user: User }) {
  const { list, raise, resolve } = useAlerts();
  const { data: alerts = [], isFetching, dataUpdatedAt } = list;
  const failure = list.error ?? raise.error ?? resolve.error;
  const { sessions, visits } = useCounts();
  const { members } = usePresence('lobby');
  const [text, setText] = useState('');
  return (
    <div className="page">
      <div className="column">
        <h1>Dashboard</h1>
        <p className="lead">
          One connection for the whole application: changing pages opens none. An event makes cached queries stale, so
          nobody polls.
        </p>
        <dl className="tiles">
          <Tile name="sessions" label="Sessions" value={sessions} />
          <Tile name="visits" label="Pages shown" value={visits} />
          <Tile name="open" label="Open alerts" value={alerts.length} />
          <Tile name="tabs" label="Connections" value={members.length} />
        </dl>
        <section className="card" aria-labelledby="alerts-title">
          <h2 id="alerts-title">Alerts</h2>
          <p className="hint">
            {isFetching ? (
              'asking …'
            ) : (
              <>
                as of <Clock at={dataUpdatedAt} seconds />
              </>
            )}
          </p>
          <ul className="list" data-testid="alerts">
            {alerts.map((alert) => (
              <li key={alert.id}>
                <span className="grow">
                  {alert.text}
                  <small>
                    {alert.raised_by === user.id ? 'you' : alert.raised_by}, <Clock at={alert.raised_at} />
                  </small>
                </span>
                <button type="button" className="quiet" onClick={() => resolve.mutate(alert.id)}>
                  Resolve<span className="unseen"> {alert.text}</span>
                </button>
              </li>
            ))}
          </ul>
          {alerts.length === 0 && <p className="empty">All quiet. Raise one, and every open dashboard shows it.</p>}
          <Entry
            id="alert"
            label="New alert"
            button="Raise"
            value={text}
            onChange={setText}
            onSubmit={() => {
              raise.mutate(text);
              setText('');
            }}
          />
          {failure !== null && (
            <p className="bad" role="alert">
              {failure.message}
            </p>
          )}
        </section>
      </div>
      <Source file="dashboard/realtime.ts" code={code} />
    </div>
  );
}

function Tile({ name, label, value }: { name: string; label: string; value: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-testid={name}>{value}</dd>
    </div>
  );
}
