import { useState } from 'preact/hooks';
import type { Asked } from './api';
import { count } from './format';
import { useDesk, usePoll } from './hooks';
import { ChannelLink, NodeLink, Problem } from './parts';
import { hashOf } from './route';

type Sort = NonNullable<Asked<'/api/channels'>['sort']>;

const LIMIT = 100;
const COLUMNS: readonly { readonly sort: Sort; readonly label: string; readonly wide?: true }[] = [
  { sort: 'name', label: 'Channel' },
  { sort: 'rate', label: 'In/s' },
  { sort: 'subscribers', label: 'Subscribers' },
  { sort: 'members', label: 'Members' },
  { sort: 'kept', label: 'Kept', wide: true },
];

export function ChannelsView({ prefix }: { readonly prefix: string }) {
  const { api } = useDesk().session;
  const [sort, setSort] = useState<Sort>('rate');
  const { value, error } = usePoll(
    () => api.call('/api/channels', { sort, limit: LIMIT, ...(prefix === '' ? {} : { prefix }) }),
    3000,
    `${sort} ${prefix}`,
  );
  const search = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get('channel');
    if (typeof name === 'string' && name !== '') location.hash = hashOf({ view: 'channel', name: name.trim() });
  };
  return (
    <>
      <h1>Channels</h1>
      <form class="search" role="search" onSubmit={search}>
        <label class="unseen" for="channel">
          Name of a channel, or what names begin with
        </label>
        <input
          id="channel"
          name="channel"
          placeholder="messages:42, or what names begin with"
          defaultValue={prefix}
          onInput={({ currentTarget }) => {
            // In the URL, so that going back finds the same list; without an entry for each letter.
            history.replaceState(null, '', hashOf({ view: 'channels', name: currentTarget.value.trim() }));
            dispatchEvent(new HashChangeEvent('hashchange'));
          }}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
        <button>Open</button>
      </form>
      <Problem text={error} />
      <div class="scroll">
        <table class="list" data-testid="channels">
          <thead>
            <tr>
              {COLUMNS.map(({ sort: by, label, wide = false }) => (
                <th
                  key={by}
                  class={`${by === 'name' ? '' : 'number'} ${wide ? 'wide' : ''}`}
                  aria-sort={by === sort ? (by === 'name' ? 'ascending' : 'descending') : 'none'}
                >
                  <button class="plain" onClick={() => setSort(by)}>
                    {label}
                  </button>
                </th>
              ))}
              <th class="number wide">Offset</th>
              <th class="wide">Owner</th>
            </tr>
          </thead>
          <tbody>
            {value?.channels.map((channel) => (
              <tr key={channel.channel}>
                <td>
                  <ChannelLink name={channel.channel} />
                </td>
                <td class="number">{count(channel.publishes_per_second)}</td>
                <td class="number">{count(channel.subscribers)}</td>
                <td class="number">{count(channel.members)}</td>
                <td class="number wide">{count(channel.kept)}</td>
                <td class="number wide">{channel.offset ?? '–'}</td>
                <td class="wide">
                  {channel.owner === '' ? <span class="faint">none</span> : <NodeLink id={channel.owner} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {value?.channels.length === 0 && (
        <p class="faint">No channel now{sort === 'name' || sort === 'kept' ? '' : '; sort by name for quiet ones'}.</p>
      )}
      {value?.channels.length === LIMIT && <p class="faint">The first {LIMIT}; more letters show others.</p>}
    </>
  );
}
