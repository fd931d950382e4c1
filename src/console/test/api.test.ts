import { describe, expect, it } from 'vitest';
import { Api, ApiError } from '../src/api';

function answering(answer: Response): { api: Api; asked: { url: string; init: RequestInit }[] } {
  const asked: { url: string; init: RequestInit }[] = [];
  const send = (url: unknown, init?: RequestInit): Promise<Response> => {
    asked.push({ url: String(url), init: init ?? {} });
    return Promise.resolve(answer);
  };
  return { api: new Api(() => 'TOKEN', send), asked };
}

describe('the API client', () => {
  it('puts the id where the path has it, and the token into a header only', async () => {
    const { api, asked } = answering(Response.json({ user_id: 'a/b', connections: 2 }));

    const answer = await api.call('/api/users/{id}/disconnect', { code: 4010, reason: 'asked to' }, 'a/b');

    expect(answer.connections).toBe(2);
    expect(asked[0]?.url).toBe('/api/users/a%2Fb/disconnect');
    expect(asked[0]?.init.body).toBe('{"code":4010,"reason":"asked to"}');
    expect(new Headers(asked[0]?.init.headers).get('authorization')).toBe('Bearer TOKEN');
  });

  it('says what the node refuses', async () => {
    const error = { code: 202, message: 'unknown namespace', temporary: false };
    const { api } = answering(Response.json({ error }, { status: 404 }));

    const failure: unknown = await api.call('/api/channel', { channel: 'x' }).catch((thrown: unknown) => thrown);

    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 404, code: 202, message: 'unknown namespace' });
  });

  it('says that a proxy answers instead of a node', async () => {
    const { api } = answering(new Response('<h1>Bad gateway</h1>', { status: 502 }));

    await expect(api.call('/api/nodes', {})).rejects.toMatchObject({ status: 502, message: 'The node answers 502.' });
  });

  it('says that nobody answers', async () => {
    const api = new Api(
      () => 'TOKEN',
      () => Promise.reject(new TypeError('failed to fetch')),
    );

    await expect(api.call('/api/nodes', {})).rejects.toMatchObject({ status: 0, code: 0 });
  });
});
