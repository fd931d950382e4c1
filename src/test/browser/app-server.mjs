// The server of an application, as it stands before a node: its own pages, and the node's endpoints behind them.
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { connect } from 'node:net';

/** Serves files by their path, and passes everything else on to a node, WebSockets too. */
export class AppServer {
  /** While true the node cannot be reached. */
  down = false;
  #files = new Map();
  #sockets = new Set();
  #server = createServer((request, response) => this.#answer(request, response));

  static async start(nodeUrl) {
    const app = new AppServer(new URL(nodeUrl));
    app.#server.listen(0, '127.0.0.1');
    await once(app.#server, 'listening');
    return app;
  }

  constructor(node) {
    this.node = node;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  /** @param make what is served there: a text, or a function that returns one for each request */
  serve(path, type, make) {
    this.#files.set(path, { type, make });
    return this;
  }

  /** What has gone over all WebSockets so far, frames and handshakes, as they are on the wire. */
  get bytes() {
    const sum = { fromPage: 0, toPage: 0 };
    for (const socket of this.#sockets) {
      sum.fromPage += socket.bytesRead;
      sum.toPage += socket.bytesWritten;
    }
    return sum;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#sockets.forEach((socket) => socket.destroy());
    this.#server.close();
  }

  #answer(request, response) {
    const file = this.#files.get(new URL(request.url, this.url).pathname);
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': file.type });
      response.end(typeof file.make === 'function' ? file.make() : file.make);
      return;
    }
    const { method, url: path, headers } = request;
    const passed = ask({ host: this.node.hostname, port: this.node.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    request.pipe(passed);
  }

  #upgrade(request, socket, head) {
    this.#sockets.add(socket);
    if (this.down) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      return;
    }
    const { rawHeaders: raw } = request;
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let i = 0; i < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`);
    const node = connect(Number(this.node.port), this.node.hostname, () => {
      node.write(`${lines.join('\r\n')}\r\n\r\n`);
      node.write(head);
      socket.pipe(node).pipe(socket);
    });
    node.on('error', () => socket.destroy());
    socket.on('error', () => node.destroy());
    socket.on('close', () => node.destroy());
  }
}
