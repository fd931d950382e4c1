/** One request that the client made, answered by the test. */
export class FakeRequest {
  readonly answered: Promise<Response>;
  #answer: (response: Response) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(
    readonly method: string,
    readonly url: string,
    readonly body: string,
    readonly init: RequestInit,
  ) {
    this.answered = new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
    });
    init.signal?.addEventListener('abort', () => this.fail());
  }

  status(status: number): void {
    this.#answer(new Response(null, { status }));
  }

  /** The network fails, before or within the answer. */
  fail(): void {
    this.#fail(new TypeError('network'));
    this.#stream?.error(new TypeError('network'));
    this.#stream = undefined;
  }

  /** Text of the answer's body, which goes on until `end` or `fail`. */
  write(text: string): void {
    if (this.#stream === undefined) {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#stream = controller) });
      this.#answer(new Response(body, { status: 200 }));
    }
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}

/** A `fetch` whose requests wait for the test. */
export class FakeHttp {
  readonly requests: FakeRequest[] = [];

  readonly fetch = ((url: string, init: RequestInit = {}): Promise<Response> => {
    const body = typeof init.body === 'string' ? init.body : '';
    const request = new FakeRequest(init.method ?? 'GET', url, body, init);
    this.requests.push(request);
    return request.answered;
  }) as typeof fetch;

  get last(): FakeRequest {
    const last = this.requests.at(-1);
    if (last === undefined) {
      throw new Error('nothing was asked');
    }
    return last;
  }
}
