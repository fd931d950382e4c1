import { post } from '../session';

/** What is to be done goes to a verticle, here over HTTP; what happened comes back to everybody by broadcast. */
export async function ask<T>(address: string, data: unknown, token: string): Promise<T> {
  const answer = await post('/dev/request', { address, data }, { authorization: `Bearer ${token}` });
  const { data: value, error } = (await answer.json()) as { data?: T; error?: { message: string } };
  if (error !== undefined) throw new Error(error.message);
  return value as T;
}
