/**
 * Who is on a channel: a snapshot, and then joins and leaves by their versions. What comes while a snapshot is awaited
 * is kept and applied after it; a version that was missed makes it ask again.
 */
export class Members {
  #bySession = new Map();
  #version = -1;
  #asking = false;
  #waiting = [];
  #ask;
  #changed;

  constructor(ask, changed) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** After every connect, and whenever a version was missed. */
  ask() {
    this.#asking = true;
    this.#waiting = [];
    this.#ask();
  }

  snapshot({ version, members }) {
    this.#asking = false;
    this.#version = version;
    this.#bySession = new Map(members.map((member) => [member.session_id, member]));
    this.#changed([...this.#bySession.values()]);
    this.#waiting.splice(0).forEach((change) => this.change(change));
  }

  change(change) {
    if (this.#asking) {
      this.#waiting.push(change);
    } else if (change.version === this.#version + 1) {
      this.#version = change.version;
      if (change.type === "join") {
        this.#bySession.set(change.session_id, change);
      } else {
        this.#bySession.delete(change.session_id);
      }
      this.#changed([...this.#bySession.values()]);
    } else if (change.version > this.#version) {
      this.ask();
      this.#waiting.push(change);
    }
  }
}
