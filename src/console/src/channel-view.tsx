import { useEffect, useState } from 'preact/hooks';
import { publish } from './actions';
import type { Channel, Message } from './api';
import { Chart } from './chart';
import { useConfirm } from './confirm';
import { bytes, count, moment } from './format';
import { useDesk, useNow, usePoll } from './hooks';
import { PAYLOADS_SCOPE } from './identity';
import { Ago, Figure, NodeLink, Problem, UserLink } from './parts';
import { Tracing } from './trace-panel';

const EVERY_MS = 2000;
const POINTS = 150;

export function ChannelView({ name }: { readonly name: string }) {
  const { api } = useDesk().session;
  const confirm = useConfirm();
  const { value, error, again } = usePoll(() => api.call('/api/channel', { channel: name }), EVERY_MS, name);
  return (
    <>
      <h1>
        Channel <span class="id">{name}</span>
      </h1>
      <div class="actions">
        <button class="quiet" onClick={() => confirm({ ...publish(api, name), done: again })}>
          Publish a test message
        </button>
      </div>
      <Problem text={error} />
      {value !== undefined && <Standing channel={value} />}
      {value !== undefined && <Rate key={name} channel={value} />}
      <div class="columns">
        <Members name={name} />
        <History name={name} />
      </div>
      <Tracing of={`channel:${name}`} />
    </>
  );
}

function Standing({ channel }: { readonly channel: Channel }) {
  return (
    <>
      <dl class="figures" data-testid="channel">
        <Figure label="Position">
          <span title={channel.epoch}>{channel.offset === undefined ? 'none' : `#${channel.offset}`}</span>
        </Figure>
        <Figure label="Kept">{count(channel.kept)}</Figure>
        <Figure label="In per second">{count(channel.publishes_per_second)}</Figure>
        <Figure label="Subscribers">{count(channel.subscribers)}</Figure>
        <Figure label="Members">{count(channel.members)}</Figure>
        <Figure label="Owner">{channel.owner === '' ? 'none' : <NodeLink id={channel.owner} />}</Figure>
      </dl>
      {channel.parts.length > 0 && (
        <p class="numbers">
          {channel.parts.map((part) => (
            <span key={part.node}>
              <NodeLink id={part.node} /> <b>{count(part.subscribers)}</b> subscribers,{' '}
              <b>{count(part.publishes_per_second)}</b>
              /s in
            </span>
          ))}
        </p>
      )}
    </>
  );
}

/** What was seen since the page was opened: nodes keep no history of single channels. */
function Rate({ channel }: { readonly channel: Channel }) {
  const [seen, setSeen] = useState<readonly { readonly at: number; readonly rate: number }[]>([]);
  useEffect(() => {
    setSeen((before) => [...before, { at: Date.now(), rate: channel.publishes_per_second }].slice(-POINTS));
  }, [channel]);
  return (
    <Chart
      title="Publications per second"
      times={seen.map(({ at }) => at)}
      curves={[{ label: 'in', values: seen.map(({ rate }) => rate), fill: true, colour: 2 }]}
      show={count}
      height={110}
    />
  );
}

function Members({ name }: { readonly name: string }) {
  const { api } = useDesk().session;
  const now = useNow();
  const { value, error } = usePoll(() => api.call('/api/presence', { channel: name }), 5000, name);
  return (
    <section class="card" aria-label="Members">
      <h2>
        Members{' '}
        {value !== undefined && (
          <small>
            {value.users} users, {value.sessions} sessions
          </small>
        )}
      </h2>
      <Problem text={error} />
      <div class="scroll short">
        <table class="list">
          <tbody>
            {value?.members?.slice(0, 200).map((member) => (
              <tr key={member.session_id}>
                <td>
                  <UserLink id={member.user_id} />
                </td>
                <td>
                  <Ago at={member.since} now={now} />
                </td>
                <td>
                  <NodeLink id={member.node} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {value?.sessions === 0 && <p class="faint">Nobody, or the namespace keeps no presence.</p>}
    </section>
  );
}

function History({ name }: { readonly name: string }) {
  const { api, who } = useDesk().session;
  const allowed = who.scopes.includes(PAYLOADS_SCOPE);
  const [shown, setShown] = useState(false);
  const asked = { channel: name, limit: 50, reverse: true };
  const { value, error, again } = usePoll(() => api.call('/api/history', asked), 0, name);
  return (
    <section class="card" aria-label="History">
      <h2>
        History <small>newest first</small>
        <span class="buttons">
          <label class="check" title={allowed ? '' : `Takes the scope ${PAYLOADS_SCOPE}`}>
            <input
              type="checkbox"
              checked={shown}
              disabled={!allowed}
              onChange={({ currentTarget }) => setShown(currentTarget.checked)}
            />
            payloads
          </label>
          <button class="quiet small" onClick={again}>
            Read again
          </button>
        </span>
      </h2>
      <Problem text={error} />
      <ol class="messages">
        {value?.messages.map((message) => (
          <li key={message.offset ?? message.timestamp}>
            <span class="number">#{message.offset}</span> <time>{moment(message.timestamp)}</time>{' '}
            {message.user_id === undefined ? <span class="faint">a server</span> : <UserLink id={message.user_id} />}{' '}
            <small>{bytes(sizeOf(message))}</small>
            {shown && <pre>{JSON.stringify(message.data ?? message.meta)}</pre>}
          </li>
        ))}
      </ol>
      {value?.messages.length === 0 && <p class="faint">Nothing is kept.</p>}
    </section>
  );
}

const sizeOf = ({ data, bytes: base64 }: Message): number =>
  base64 === undefined ? new TextEncoder().encode(JSON.stringify(data)).length : Math.floor((base64.length * 3) / 4);
