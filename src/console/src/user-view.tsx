import { useState } from 'preact/hooks';
import { block, disconnect, publish, revokeAll, revokeOne, unblock, unsubscribe } from './actions';
import type { Session, User } from './api';
import { useConfirm, type Action } from './confirm';
import { moment, relative } from './format';
import { useDesk, useNow, usePoll } from './hooks';
import { Ago, ChannelLink, Figure, Mark, NodeLink, Problem } from './parts';
import { hashOf } from './route';
import { Tracing } from './trace-panel';

export function UsersView() {
  const find = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get('user');
    if (typeof name === 'string' && name.trim() !== '') location.hash = hashOf({ view: 'user', name: name.trim() });
  };
  return (
    <>
      <h1>Users</h1>
      <form class="search" role="search" onSubmit={find}>
        <label class="unseen" for="user">
          Id of a user
        </label>
        <input
          id="user"
          name="user"
          placeholder="id of a user"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          autofocus
        />
        <button data-testid="find">Find</button>
      </form>
      <p class="faint">
        The id is what tokens have as <code>sub</code>. Members of a{' '}
        <a href={hashOf({ view: 'channels', name: '' })}>channel</a> are shown there.
      </p>
    </>
  );
}

export function UserView({ id }: { readonly id: string }) {
  const { api } = useDesk().session;
  const confirm = useConfirm();
  const { value, error, again } = usePoll(() => api.call('/api/user', { user_id: id }), 2000, id);
  const act = (action: Action) => () => confirm({ ...action, done: again });
  const channels = [...new Set(value?.live.flatMap(({ on }) => on) ?? [])]
    .filter((name) => name !== `user:${id}`)
    .sort();
  return (
    <>
      <h1>
        User <span class="id">{id}</span>
      </h1>
      <div class="actions">
        <button class="quiet" onClick={act(publish(api, `user:${id}`))}>
          Send a test message
        </button>
        <button class="quiet" disabled={channels.length === 0} onClick={act(unsubscribe(api, id, channels))}>
          Unsubscribe
        </button>
        <button class="quiet" onClick={act(disconnect(api, id))} data-testid="disconnect">
          Disconnect
        </button>
        <button class="quiet" onClick={act(revokeAll(api, id))}>
          Revoke tokens
        </button>
        {value?.blocked === true ? (
          <button class="quiet" onClick={act(unblock(api, id))} data-testid="unblock">
            Unblock
          </button>
        ) : (
          <button class="quiet danger" onClick={act(block(api, id))} data-testid="block">
            Block
          </button>
        )}
      </div>
      <Problem text={error} />
      {value !== undefined && <Standing user={value} />}
      {value?.live.map((session) => (
        <SessionCard key={session.session_id} session={session} act={act} />
      ))}
      {value?.live.length === 0 && <p class="faint">No session now.</p>}
      <Tracing of={`user:${id}`} />
    </>
  );
}

function Standing({ user }: { readonly user: User }) {
  const now = useNow();
  const state = user.blocked === true ? 'blocked' : user.online ? 'online' : 'offline';
  const info = Object.entries(user.info);
  return (
    <>
      <dl class="figures" data-testid="user" data-state={state}>
        <Figure label="State">
          <Mark tone={{ blocked: 'bad', online: 'good', offline: '' }[state]}>{state}</Mark>
          {user.until !== undefined && <small> over {relative(user.until, now)}</small>}
        </Figure>
        <Figure label="Last seen">
          {user.online ? 'now' : user.last_seen === undefined ? 'never' : <Ago at={user.last_seen} now={now} />}
        </Figure>
        <Figure label="Sessions">{user.sessions.length}</Figure>
        <Figure label="Shown on">
          {user.presence.length === 1 ? '1 channel' : `${user.presence.length} channels`}
        </Figure>
        <Figure label="Own channel">{(user.personal.offset ?? 0) === 0 ? 'empty' : `#${user.personal.offset}`}</Figure>
      </dl>
      {info.length > 0 && (
        <p class="numbers">
          {info.map(([name, value]) => (
            <span key={name}>
              {name} <b>{typeof value === 'string' ? value : JSON.stringify(value)}</b>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

interface CardProps {
  readonly session: Session;
  readonly act: (action: Action) => () => void;
}

function SessionCard({ session, act }: CardProps) {
  const { api } = useDesk().session;
  const now = useNow();
  const [all, setAll] = useState(false);
  const shown = all ? session.on : session.on.slice(0, 8);
  return (
    <article class="card session" data-testid="session" data-id={session.session_id}>
      <header>
        <h2>
          {session.device === '' ? 'A client without a name' : session.device} <small>{session.transport}</small>
        </h2>
        <span class="buttons">
          <button class="quiet small" onClick={act(disconnect(api, session.user_id, session))}>
            Disconnect
          </button>
          <button class="quiet small" disabled={session.token_id === ''} onClick={act(revokeOne(api, session))}>
            Revoke its token
          </button>
        </span>
      </header>
      <dl class="facts">
        <Figure label="Node">
          <NodeLink id={session.node} />
        </Figure>
        <Figure label="Since">
          <Ago at={session.since} now={now} />
        </Figure>
        <Figure label="Last heard">
          <Ago at={session.last_seen} now={now} />
        </Figure>
        <Figure label="Token expires" tone={session.token_expires < now ? 'busy' : ''}>
          <span title={moment(session.token_expires)}>{relative(session.token_expires, now)}</span>
        </Figure>
        <Figure label="Session">
          <span class="id">{session.session_id}</span>
        </Figure>
        <Figure label="Token">
          <span class="id">{session.token_id === '' ? 'without an id' : session.token_id}</span>
        </Figure>
      </dl>
      <p class="chips">
        {shown.map((name) => (
          <ChannelLink key={name} name={name} />
        ))}
        {session.channels > shown.length && (
          <button class="plain" onClick={() => setAll(true)} disabled={all}>
            {session.channels - shown.length} more
          </button>
        )}
      </p>
    </article>
  );
}
