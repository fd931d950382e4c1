import { useConnection, useObservable } from 'carillon-client/react';
import { useClient, usePresence } from './api';
import type { User } from './session';

interface Props {
  readonly pages: readonly { readonly path: string; readonly title: string }[];
  readonly current: string;
  readonly user: User;
  readonly onLeave: () => void;
}

export function Header({ pages, current, user, onLeave }: Props) {
  return (
    <header>
      <div className="bar">
        <a className="brand" href="#/chat">
          <img src="/demo/icon.svg" alt="" width="26" height="26" />
          <span>Carillon</span>
        </a>
        <Status />
        <p className="me">
          <strong data-testid="me">{user.name}</strong>
          <button type="button" className="quiet" data-testid="leave" onClick={onLeave}>
            Leave
          </button>
        </p>
      </div>
      <nav aria-label="Pages">
        {pages.map(({ path, title }) => (
          <a key={path} href={`#/${path}`} aria-current={title === current ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** Always visible: the state, the round trip, the node, and how many are here. */
function Status() {
  const client = useClient();
  const { state, session, error } = useConnection();
  const { roundTripMs } = useObservable(client.quality);
  const { members } = usePresence('lobby');
  const people = new Set(members.map(({ userId }) => userId)).size;
  return (
    <div className="status">
      <span className="state" data-testid="state" data-state={state} role="status">
        {state}
      </span>
      <span title="Round trip to the node and back">
        <span data-testid="round-trip">{roundTripMs === undefined ? '–' : Math.max(1, Math.round(roundTripMs))}</span>{' '}
        ms
      </span>
      <span className="node">
        node <code data-testid="node">{session?.node ?? '–'}</code>
      </span>
      <span className="here">{people} here</span>
      {error !== undefined && <span className="bad">{error.message}</span>}
    </div>
  );
}
