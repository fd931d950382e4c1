// What an operator can do, each with what it means. Nothing here happens before it is confirmed.
import type { Api, Session } from './api';
import type { Action } from './confirm';

const connections = (count: number, done: string): string =>
  `${count === 1 ? '1 connection' : `${count} connections`} ${done}.`;

/** Of one session, or of all that the user has. */
export function disconnect(api: Api, userId: string, session?: Session): Action {
  const all = session === undefined;
  return {
    title: all ? `Disconnect ${userId}?` : `Disconnect one session of ${userId}?`,
    effect: all ? 'Closes every connection of this user, on all nodes.' : `Closes ${session.session_id} on its node.`,
    verb: 'Disconnect',
    danger: true,
    fields: [
      {
        name: 'code',
        label: 'And then',
        value: '4010',
        options: [
          { value: '4010', label: 'the client comes back by itself (4010)' },
          { value: '4401', label: 'the client stays away until it is started again (4401)' },
        ],
      },
    ],
    run: async ({ code }, reason) => {
      const one = all ? {} : { session_id: session.session_id };
      const asked = { code: Number(code), ...one, ...reason };
      const answer = await api.call('/api/users/{id}/disconnect', asked, userId);
      return connections(answer.connections, 'closed');
    },
  };
}

const TIMES = [
  { value: '', label: 'until it is unblocked' },
  { value: '10', label: 'for 10 minutes' },
  { value: '60', label: 'for an hour' },
  { value: '1440', label: 'for a day' },
];

export const block = (api: Api, userId: string): Action => ({
  title: `Block ${userId}?`,
  effect: 'Closes every connection of this user and lets none in again, whatever the token.',
  verb: 'Block',
  danger: true,
  fields: [{ name: 'minutes', label: 'For how long', options: TIMES }],
  run: async ({ minutes = '' }, reason) => {
    const until = minutes === '' ? {} : { until: Date.now() + Number(minutes) * 60_000 };
    const answer = await api.call('/api/users/{id}/block', { ...until, ...reason }, userId);
    return `${userId} is blocked; ${connections(answer.connections ?? 0, 'closed')}`;
  },
});

export const unblock = (api: Api, userId: string): Action => ({
  title: `Unblock ${userId}?`,
  effect: 'The user is let in again. Clients that were told to stay away have to be started again.',
  verb: 'Unblock',
  run: async (_, reason) => {
    await api.call('/api/users/{id}/unblock', reason, userId);
    return `${userId} is let in again.`;
  },
});

export const revokeAll = (api: Api, userId: string): Action => ({
  title: `Revoke all tokens of ${userId}?`,
  effect:
    'Every token issued until now is worthless from now on, and what was opened with one is closed. It cannot be undone; the user has to log in again.',
  verb: 'Revoke',
  danger: true,
  run: async (_, reason) => {
    await api.call('/api/users/{id}/revoke', reason, userId);
    return `The tokens of ${userId} are revoked.`;
  },
});

export const revokeOne = (api: Api, session: Session): Action => ({
  title: `Revoke the token of one session of ${session.user_id}?`,
  effect: `The token ${session.token_id} is worthless from now on, and what was opened with it is closed. It cannot be undone.`,
  verb: 'Revoke',
  danger: true,
  run: async (_, reason) => {
    const asked = { token_id: session.token_id, until: session.token_expires, ...reason };
    await api.call('/api/users/{id}/revoke', asked, session.user_id);
    return 'The token is revoked.';
  },
});

export const unsubscribe = (api: Api, userId: string, channels: readonly string[]): Action => ({
  title: `Take ${userId} off a channel?`,
  effect: 'Ends the subscription on all connections that the user has now. A client may subscribe again.',
  verb: 'Unsubscribe',
  fields: [{ name: 'channel', label: 'Channel', options: channels.map((value) => ({ value, label: value })) }],
  run: async ({ channel = '' }, reason) => {
    const answer = await api.call('/api/unsubscribe', { user_id: userId, channel, ...reason });
    return connections(answer.connections, `taken off ${channel}`);
  },
});

export const publish = (api: Api, channel: string): Action => ({
  title: `Publish on ${channel}?`,
  effect: 'Every subscriber gets it, and it is kept as any other publication.',
  verb: 'Publish',
  fields: [{ name: 'data', label: 'Data, as JSON', value: '{"test":true}', long: true }],
  run: async ({ data = '' }, reason) => {
    const answer = await api.call('/api/publish', { channel, data: json(data), ...reason });
    return answer.offset === undefined ? 'Published.' : `Published at #${answer.offset}.`;
  },
});

export const drain = (api: Api, id: string, last: boolean): Action => ({
  title: `Drain node ${id}?`,
  effect: `It takes no new clients and sends those it has to the others, until it is started again.${
    last ? ' No other node takes clients: without force it refuses.' : ''
  }`,
  verb: 'Drain',
  danger: true,
  ...(last
    ? {
        fields: [
          {
            name: 'force',
            label: 'Force',
            options: [
              { value: '', label: 'no' },
              { value: 'yes', label: 'yes: all clients are turned away' },
            ],
          },
        ],
      }
    : {}),
  run: async ({ force }, reason) => {
    const answer = await api.call('/api/nodes/{id}/drain', { force: force === 'yes', ...reason }, id);
    return `The node drains: ${connections(answer.connections, 'to send away')}`;
  },
});

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The data are no JSON. A text needs quotes around it.');
  }
}
