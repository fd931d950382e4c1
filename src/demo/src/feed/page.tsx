import { useState } from 'react';
import type { Pair } from '../api';
import { Entry } from '../entry';
import type { User } from '../session';
import { Source } from '../source';
import { Clock } from '../time';
import code from './realtime.ts?raw';
import { useFeed, type Said } from './sockets';
import type { Comment, Post } from './state';

type Act = (address: string, data: unknown) => Promise<void>;

export function FeedPage({ user }: { user: User }) {
  const { posts, comments, messages, pairs, notifications, online, writing, problem, open, act, say } = useFeed(user);
  const [text, setText] = useState('');
  return (
    <div className="page">
      <div className="column">
        <h1>Social feed</h1>
        <p className="lead">
          The browser’s own <code>WebSocket</code>, one a channel, without any library:{' '}
          <span data-testid="sockets">{open.size}</span> of 5 open.
        </p>
        {problem !== undefined && (
          <p className="bad" role="alert">
            {problem}
          </p>
        )}
        <section className="card" aria-label="Posts">
          <Entry
            id="post"
            label="What is new?"
            button="Post"
            value={text}
            maxLength={500}
            onChange={setText}
            onSubmit={() => {
              void act('demo.feed.post', { text });
              setText('');
            }}
          />
          <ol className="posts" data-testid="posts">
            {[...posts].reverse().map((post) => (
              <PostView
                key={post.id}
                post={post}
                comments={comments.filter((comment) => comment.post === post.id)}
                act={act}
              />
            ))}
          </ol>
          {posts.length === 0 && <p className="empty">Nobody has written yet.</p>}
        </section>
        <div className="pair">
          <People user={user} online={online} pairs={pairs} act={act} />
          <Cafe messages={messages} writing={writing === user.id ? undefined : writing} say={say} />
        </div>
        <section className="card" aria-labelledby="notifications-title">
          <h2 id="notifications-title">Notifications</h2>
          <ul className="list" data-testid="notifications">
            {notifications.map((line, index) => (
              <li key={notifications.length - index}>{line}</li>
            ))}
          </ul>
          {notifications.length === 0 && <p className="empty">None so far.</p>}
        </section>
      </div>
      <Source file="feed/realtime.ts" code={code} />
    </div>
  );
}

function PostView({ post, comments, act }: { post: Post; comments: readonly Comment[]; act: Act }) {
  const [text, setText] = useState('');
  return (
    <li>
      <p>
        <strong>{post.author}</strong>{' '}
        <small>
          <Clock at={post.timestamp} />
        </small>
      </p>
      <p className="said">{post.text}</p>
      <ul className="comments">
        {comments.map((comment) => (
          <li key={comment.id}>
            <strong>{comment.author}</strong> {comment.text}
          </li>
        ))}
      </ul>
      <Entry
        id={`comment-${post.id}`}
        label={`Comment on ${post.author}’s post`}
        button="Reply"
        quiet
        value={text}
        onChange={setText}
        onSubmit={() => {
          void act('demo.feed.comment', { post: post.id, text });
          setText('');
        }}
      />
    </li>
  );
}

function People({
  user,
  online,
  pairs,
  act,
}: {
  user: User;
  online: readonly string[];
  pairs: readonly Pair[];
  act: Act;
}) {
  const known = new Set([...online, ...pairs.flatMap(({ from, to }) => [from, to])]);
  known.delete(user.id);
  return (
    <section className="card" aria-labelledby="people-title">
      <h2 id="people-title">People</h2>
      <ul className="list" data-testid="people">
        {[...known].sort().map((other) => (
          <li key={other} data-user={other} data-online={online.includes(other)}>
            <span className="grow">
              {other}
              <small>{online.includes(other) ? 'online' : 'offline'}</small>
            </span>
            <Relation user={user} other={other} pairs={pairs} act={act} />
          </li>
        ))}
      </ul>
      {known.size === 0 && <p className="empty">Nobody else is here yet.</p>}
    </section>
  );
}

/** What stands between two people, and what one may do about it. */
function Relation({ user, other, pairs, act }: { user: User; other: string; pairs: readonly Pair[]; act: Act }) {
  const pair = pairs.find(({ from, to }) => (from === user.id && to === other) || (from === other && to === user.id));
  if (pair?.state === 'accepted') return <span className="good">connected</span>;
  if (pair?.from === user.id) return <span className="hint">asked</span>;
  const [verb, address] = pair === undefined ? ['Connect', 'request'] : ['Accept', 'accept'];
  return (
    <button type="button" className="quiet" onClick={() => void act(`demo.connections.${address}`, { user: other })}>
      {verb}
      <span className="unseen"> {other}</span>
    </button>
  );
}

interface CafeProps {
  readonly messages: ReturnType<typeof useFeed>['messages'];
  readonly writing: string | undefined;
  readonly say: (words: Said) => void;
}

function Cafe({ messages, writing, say }: CafeProps) {
  const [text, setText] = useState('');
  return (
    <section className="card" aria-labelledby="cafe-title">
      <h2 id="cafe-title">Café</h2>
      <ul className="list" data-testid="cafe">
        {messages.map((message) => (
          <li key={message.id}>
            <span className="grow">
              <strong>{message.sender}</strong> {message.content}
            </span>
          </li>
        ))}
      </ul>
      <p className="hint typing" data-testid="cafe-typing">
        {writing !== undefined && `${writing} is writing …`}
      </p>
      <Entry
        id="cafe"
        label="Say something"
        button="Send"
        value={text}
        onChange={(value) => {
          if ((value === '') !== (text === '')) say({ type: 'typing', is_typing: value !== '' });
          setText(value);
        }}
        onSubmit={() => {
          say({ type: 'message', content: text });
          setText('');
        }}
      />
    </section>
  );
}
