const MIN_WAIT_MS = 1000;
const MAX_WAIT_MS = 30000;
const REFRESH_MARGIN_MS = 10000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const NEEDS_TOKEN = [4001, 4003];

/** Wait before attempt `n` (the first is 0). Full jitter: a node restart must not bring every client back at once. */
export function waitMs(n, random) {
  return MIN_WAIT_MS + random * (Math.min(MAX_WAIT_MS, MIN_WAIT_MS * 2 ** n) - MIN_WAIT_MS);
}

/** Whether a client stays away after this close code, as the range tells. */
export function isFinal(code) {
  return (code >= 4400 && code <= 4499) || [1002, 1003, 1007, 1008, 1009].includes(code);
}

/** A session with a node that comes back by itself. Commands are dropped while it is away: send them again once connected. */
export class Connection {
  #deps;
  #socket = null;
  #grant = null;
  #replies = new Map();
  #nextId = 1;
  #attempt = 0;
  #refused = 0;
  #timers = {};
  #closed = true;
  #silenceMs = 0;
  #onOnline = () => this.#now();

  /** @param deps url, token() -> Promise, subscriptions(), state(name, detail), connected(frame), push(frame) */
  constructor(deps) {
    this.#deps = deps;
  }

  connected = false;

  open() {
    this.#closed = false;
    addEventListener("online", this.#onOnline);
    this.#connect("connecting");
  }

  close() {
    this.#closed = true;
    removeEventListener("online", this.#onOnline);
    this.#drop(1000);
    this.#deps.state("disconnected");
  }

  /** `reply` is called at most once, and not at all if the connection ends first. */
  send(command, reply) {
    if (!this.connected) {
      return;
    }
    this.#command(command, reply);
  }

  #command(command, reply) {
    const id = this.#nextId++;
    this.#replies.set(id, reply);
    this.#socket.send(JSON.stringify({ ...command, id }));
  }

  async #connect(state) {
    this.#deps.state(state);
    let grant;
    try {
      grant = await this.#token();
    } catch (failure) {
      if (failure.final) {
        this.#fail(failure.message);
      } else {
        this.#later();
      }
      return;
    }
    if (this.#closed || this.#socket) {
      return;
    }
    const socket = new WebSocket(this.#deps.url, "carillon.v1.json");
    this.#socket = socket;
    socket.onopen = () => {
      this.#deps.state("authenticating");
      this.#command(
        {
          type: "auth",
          token: grant.token,
          subscribe: this.#deps.subscriptions(),
          client: { name: "demo page", version: "1" },
        },
        () => {},
      );
    };
    socket.onmessage = (event) => this.#socket === socket && this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#socket === socket && this.#gone(event.code, event.reason);
  }

  async #token() {
    if (!this.#grant || this.#grant.expiresAt - Date.now() < REFRESH_MARGIN_MS / 2) {
      this.#grant = await this.#deps.token();
    }
    return this.#grant;
  }

  #receive(frame) {
    this.#heard();
    if (frame.type === "ping") {
      this.#socket.send('{"type":"pong"}');
      return;
    }
    if (frame.type === "reconnect") {
      const spreadMs = Math.random() * Math.min(frame.within_ms ?? 0, MAX_WAIT_MS);
      this.#timer("move", spreadMs, () => this.#move());
      return;
    }
    const reply = this.#replies.get(frame.id);
    this.#replies.delete(frame.id);
    if (frame.type === "auth_success") {
      this.#authenticated(frame);
    } else if (reply) {
      reply(frame);
    } else {
      this.#deps.push(frame);
    }
  }

  #authenticated(frame) {
    this.connected = true;
    this.#attempt = 0;
    this.#refused = 0;
    this.#silenceMs = (frame.ping_interval_ms ?? 30000) + (frame.pong_timeout_ms ?? 10000);
    this.#heard();
    this.#renewLater();
    this.#deps.state("connected");
    this.#deps.connected(frame);
  }

  #heard() {
    if (this.#silenceMs > 0) {
      this.#timer("silence", this.#silenceMs, () => {
        this.#drop(4005);
        this.#later();
      });
    }
  }

  // A fresh token goes over the live connection; nobody notices.
  #renewLater() {
    const lifeMs = this.#grant.expiresAt - Date.now();
    const waitMs = Math.max(lifeMs - REFRESH_MARGIN_MS, lifeMs / 2, 500);
    this.#timer("renew", Math.min(waitMs, LONGEST_TIMER_MS), async () => {
      try {
        this.#grant = await this.#deps.token();
        this.send({ type: "refresh", token: this.#grant.token }, () => {});
      } catch {
        // Asked again below; at the worst the node closes with 4003.
      }
      if (this.connected) {
        this.#renewLater();
      }
    });
  }

  #gone(code, reason) {
    this.#drop(1000);
    this.#refused = code === 4001 ? this.#refused + 1 : 0;
    if (NEEDS_TOKEN.includes(code)) {
      this.#grant = null;
    }
    if (isFinal(code) || this.#refused > 1) {
      this.#fail(`${reason || "closed"} (${code})`);
    } else {
      this.#later();
    }
  }

  #fail(detail) {
    this.#closed = true;
    removeEventListener("online", this.#onOnline);
    this.#deps.state("error", detail);
  }

  #later() {
    if (this.#closed) {
      return;
    }
    this.#deps.state("reconnecting");
    if (navigator.onLine !== false) {
      this.#timer("connect", waitMs(this.#attempt++, Math.random()), () => this.#connect("reconnecting"));
    }
  }

  #now() {
    if (!this.#closed && !this.#socket) {
      clearTimeout(this.#timers.connect);
      this.#connect("reconnecting");
    }
  }

  #move() {
    this.#drop(1000);
    this.#connect("reconnecting");
  }

  #drop(code) {
    Object.values(this.#timers).forEach(clearTimeout);
    const socket = this.#socket;
    this.#socket = null;
    this.connected = false;
    this.#silenceMs = 0;
    this.#replies.clear();
    socket?.close(code);
  }

  #timer(name, ms, run) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(run, ms);
  }
}
