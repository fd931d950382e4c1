// The node's API as its OpenAPI document describes it: a call that the document does not know does not compile.
import type { components, paths } from './openapi';

export type NodeSample = components['schemas']['NodeSample'];
export type TraceEvent = components['schemas']['TraceEvent'];
export type Channel = components['schemas']['Channel'];
export type Session = components['schemas']['Session'];
export type Message = components['schemas']['Message'];

type Operation<P extends keyof paths> = paths[P] extends { readonly post: infer O } ? O : never;
type Content<T> = T extends { content: { 'application/json': infer B } } ? B : never;
type Body<O> = O extends { requestBody?: infer R } ? Content<NonNullable<R>> : never;

/** What may be called. */
export type Path = Extract<keyof paths, `/api/${string}`>;
/** What a call is answered. */
export type Answer<P extends Path> = Operation<P> extends { responses: { 200: infer A } } ? Content<A> : never;
/** What a call carries; why it is made goes along into the audit log. */
export type Asked<P extends Path> = ([Body<Operation<P>>] extends [never] ? object : Body<Operation<P>>) & {
  readonly reason?: string;
};

export type Node = Answer<'/api/nodes'>['nodes'][number];
export type User = Answer<'/api/user'>;
export type Presence = Answer<'/api/presence'>;
export type History = Answer<'/api/history'>;

/** A call that was refused or did not come through. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param status of HTTP, 0 if there was no answer
   * @param code of the protocol, 0 if there was none
   */
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Time after which an answer is not waited for any longer. */
const PATIENCE_MS = 15_000;

export class Api {
  constructor(
    private readonly token: () => string,
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  /** @param id stands in the path where it has `{id}` */
  async call<P extends Path>(path: P, body: Asked<P>, id = ''): Promise<Answer<P>> {
    const answer = await this.#post(path.replace('{id}', encodeURIComponent(id)), body);
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    return JSON.parse(text) as Answer<P>;
  }

  async #post(path: string, body: object): Promise<Response> {
    try {
      return await this.send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token()}` },
        body: JSON.stringify(body),
        credentials: 'omit',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      throw new ApiError(0, 0, 'This node does not answer.');
    }
  }
}

function refusal(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as { error: components['schemas']['Problem'] };
    return new ApiError(status, error.code, error.message);
  } catch {
    return new ApiError(status, 0, `The node answers ${status}.`);
  }
}
