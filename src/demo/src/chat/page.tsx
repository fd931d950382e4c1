import { CarillonError } from 'carillon-client';
import { useEffect, useRef, useState } from 'react';
import { useClient, useUserEvent, type Thread } from '../api';
import { Entry } from '../entry';
import { idOf, type User } from '../session';
import { Source } from '../source';
import { Clock } from '../time';
import { useThread } from './realtime';
import code from './realtime.ts?raw';
import type { Row } from './rows';

export function ChatPage({ user }: { user: User }) {
  const [threads, setThreads] = useState<readonly Thread[]>(['lobby', 'messages:tea']);
  const [current, setCurrent] = useState<Thread>('lobby');
  const add = (thread: Thread): void =>
    setThreads((before) => (before.includes(thread) ? before : [...before, thread]));
  useUserEvent('chat.invited', ({ chat }) => add(`messages:${chat}`));
  const open = (chat: string): void => {
    add(`messages:${chat}`);
    setCurrent(`messages:${chat}`);
  };
  return (
    <div className="page">
      <div className="column">
        <h1>Chat threads</h1>
        <p className="lead">
          Nothing is lost and nothing comes twice: what you write waits in the browser until a node has taken it, over
          breaks and reloads.
        </p>
        <ul className="chips" aria-label="Threads" data-testid="threads">
          {threads.map((thread) => (
            <li key={thread}>
              <button type="button" aria-pressed={thread === current} onClick={() => setCurrent(thread)}>
                {thread.replace('messages:', '')}
              </button>
            </li>
          ))}
        </ul>
        <ThreadView key={current} thread={current} user={user} />
        <NewThread open={open} />
      </div>
      <Source file="chat/realtime.ts" code={code} />
    </div>
  );
}

function ThreadView({ thread, user }: { thread: Thread; user: User }) {
  const [correlationId] = useState(() => crypto.randomUUID().slice(0, 8));
  const { rows, live, refused, writing, typing, say } = useThread(thread, correlationId);
  const [text, setText] = useState('');
  const others = writing.filter((id) => id !== user.id);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [rows]);
  return (
    <section className="card thread" aria-label={`Thread ${thread}`} data-testid="thread" data-live={live}>
      {refused !== undefined && (
        <p className="bad" role="alert" data-testid="refused">
          {refused.code}: {refused.message}. This thread is for its members.
        </p>
      )}
      <div ref={box} className="messages" role="log" aria-label="Messages" tabIndex={0} data-testid="messages">
        <ol>
          {rows.map((row) => (
            <Line
              key={row.key}
              row={row}
              mine={row.userId === undefined ? row.state !== 'arrived' : row.userId === user.id}
            />
          ))}
        </ol>
      </div>
      <p className="hint typing" data-testid="typing">
        {others.length > 0 && `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} writing …`}
      </p>
      <Entry
        id="text"
        label={`Message to ${thread.replace('messages:', '')}`}
        button="Send"
        value={text}
        maxLength={2000}
        disabled={refused !== undefined}
        onChange={(value) => {
          setText(value);
          if (value === '') typing.stop();
          else typing.key();
        }}
        onSubmit={() => {
          say(text);
          setText('');
          typing.stop();
        }}
      />
      <p className="hint">
        correlation id <code data-testid="correlation">{correlationId}</code>, sent with each message of yours
      </p>
    </section>
  );
}

const STATES = { pending: 'sending …', acknowledged: '✓', arrived: '✓✓', failed: 'not sent', gap: '' } as const;

function Line({ row, mine }: { row: Row; mine: boolean }) {
  if (row.state === 'gap') return <li className="gap">{row.text}</li>;
  return (
    <li className={mine ? 'mine' : undefined} data-state={row.state} data-offset={row.offset}>
      <span className="who">{mine ? 'you' : (row.userId ?? 'server')}</span>
      <span className="said">{row.text}</span>
      <small title={row.correlationId === undefined ? undefined : `correlation id ${row.correlationId}`}>
        <Clock at={row.at} /> {mine && STATES[row.state]}
      </small>
    </li>
  );
}

/** Opens any thread by its name, or makes one for members only. */
function NewThread({ open }: { open: (chat: string) => void }) {
  const client = useClient();
  const [name, setName] = useState('');
  const [members, setMembers] = useState('');
  const [problem, setProblem] = useState('');
  const enter = async (): Promise<void> => {
    const chat = idOf(name);
    const invited = members
      .split(',')
      .map(idOf)
      .filter((id) => id !== '');
    try {
      if (invited.length > 0) await client.request('demo.chat.create', { chat, members: invited });
      open(chat);
      setName('');
      setMembers('');
      setProblem('');
    } catch (error) {
      setProblem(error instanceof CarillonError ? `${error.code}: ${error.message}` : String(error));
    }
  };
  return (
    <form
      className="card fields"
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <h2>Another thread</h2>
      <label htmlFor="thread">Name</label>
      <input
        id="thread"
        value={name}
        onChange={({ target }) => setName(target.value)}
        required
        maxLength={40}
        autoComplete="off"
      />
      <label htmlFor="members">For these alone, separated by commas; empty for everybody</label>
      <input
        id="members"
        value={members}
        onChange={({ target }) => setMembers(target.value)}
        maxLength={400}
        autoComplete="off"
      />
      <button data-testid="open-thread">Open</button>
      {problem !== '' && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
