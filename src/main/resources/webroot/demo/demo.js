// The demonstration: one socket, a chat with recovery, and a list of who is here. Plain script, no library.
import { Connection } from "/demo/connection.js";
import { Members } from "/demo/members.js";

const LOBBY = "lobby";
const ONLINE = "online";
const HISTORY = 100;
const SHOWN = 500;
const STORED = "carillon.demo";

const at = (id) => document.getElementById(id);
const ui = Object.fromEntries(
  ["name", "login-form", "problem", "welcome", "room", "state", "node", "messages", "text", "send-form", "online",
    "online-count", "me", "leave", "notice"].map((id) => [id, at(id)]),
);

let me = null; // {user_id, name}
let connection = null;
let position = null; // of the lobby: {epoch, offset}
let outbox = new Map(); // key -> {text, row}, in the order sent, until acknowledged
let members = null;
const names = new Map(); // user id -> name, as presence told it

// ---- who we are -----------------------------------------------------------------------------------------------------

async function freshToken() {
  const answer = await fetch("/dev/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(me),
  });
  const body = await answer.json();
  if (!answer.ok) {
    throw Object.assign(new Error(body.error.message), { final: answer.status < 500 });
  }
  return { token: body.token, expiresAt: body.expires_at };
}

function userId(name) {
  return name.toLowerCase().replace(/[\s\p{Cc}]+/gu, "-");
}

function enter(who) {
  me = who;
  sessionStorage.setItem(STORED, JSON.stringify(me)); // of this tab alone: another may be somebody else
  names.set(me.user_id, me.name);
  ui.problem.textContent = "";
  ui.me.textContent = me.name;
  ui.welcome.hidden = true;
  ui.room.hidden = false;
  ui.text.focus();
  members = new Members(() => connection.send({ type: "presence", channel: LOBBY }, received), showMembers);
  connection = new Connection({
    url: socketUrl(),
    token: freshToken,
    subscriptions: () => [{ channel: LOBBY, ...position }, { channel: ONLINE }],
    state: showState,
    connected,
    push: received,
  });
  connection.open();
}

function leave() {
  sessionStorage.removeItem(STORED);
  connection.close();
  connection = null;
  me = null;
  position = null;
  outbox = new Map();
  names.clear();
  ui.messages.replaceChildren();
  ui.online.replaceChildren();
  ui.node.textContent = "–";
  ui.notice.textContent = "";
  ui.room.hidden = true;
  ui.welcome.hidden = false;
  ui.name.focus();
}

// The node that served the page, or the one that ?node=http://host:port names.
function socketUrl() {
  const url = new URL(new URLSearchParams(location.search).get("node") ?? location.origin);
  url.protocol = url.protocol === "https:" || url.protocol === "wss:" ? "wss:" : "ws:";
  url.pathname = "/ws";
  url.search = url.hash = "";
  return url.href;
}

// ---- what the node tells --------------------------------------------------------------------------------------------

function connected(success) {
  ui.node.textContent = success.node;
  for (const subscribed of success.subscriptions ?? []) {
    if (subscribed.channel === LOBBY) {
      joined(subscribed);
    }
  }
  for (const refusal of success.refused ?? []) {
    note(`${refusal.channel}: ${refusal.error}`);
  }
  members.ask();
  for (const key of outbox.keys()) {
    publish(key);
  }
}

function joined(subscribed) {
  const before = position;
  if (before && subscribed.recovered) {
    subscribed.messages.forEach(show);
    return;
  }
  if (before) {
    // Nobody can say what was missed: start again from what is kept.
    ui.messages.querySelectorAll("li[data-offset]").forEach((row) => row.remove());
    note("You were away too long to catch up message by message; this is what is still kept.");
  }
  position = { epoch: subscribed.epoch, offset: subscribed.offset };
  connection.send({ type: "history", channel: LOBBY, limit: HISTORY, reverse: true }, received);
}

function received(frame) {
  switch (frame.type) {
    case "message":
      if (frame.channel === ONLINE) {
        announced(frame.data);
      } else if (frame.channel === LOBBY) {
        show(frame);
      }
      break;
    case "user_online":
    case "user_offline":
      announced(frame);
      break;
    case "history":
      frame.messages.forEach(show);
      break;
    case "presence":
      members.snapshot(frame);
      break;
    case "join":
    case "leave":
      if (frame.channel === LOBBY) {
        members.change(frame);
      }
      break;
    case "error":
      note(frame.error);
      break;
    default: // a newer node may tell more than this page knows
  }
}

function announced(event) {
  const came = event?.type === "user_online";
  if ((came || event?.type === "user_offline") && String(event.user_id) !== me.user_id) {
    note(`${nameOf(event.user_id, event.info ?? event)} ${came ? "is online" : "went offline"}`);
  }
}

// ---- messages -------------------------------------------------------------------------------------------------------

function say(text) {
  const key = crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
  const row = messageRow({ user_id: me.user_id, data: { text }, timestamp: Date.now() });
  row.classList.add("pending");
  status(row, "sending");
  outbox.set(key, { text, row });
  append(row);
  publish(key);
}

/** Sends until there is an answer; the key makes every send but the first one harmless. */
function publish(key) {
  const message = outbox.get(key);
  const frame = { type: "publish", channel: LOBBY, key, data: { text: message.text, key } };
  connection.send(frame, (reply) => {
    if (reply.type === "ack") {
      show({ ...reply, user_id: me.user_id, data: frame.data, timestamp: Date.now() });
    } else if (reply.temporary) {
      status(message.row, "waiting to send again");
      setTimeout(() => outbox.has(key) && connection?.connected && publish(key), Math.max(reply.retry_after_ms, 1000));
    } else {
      outbox.delete(key);
      message.row.classList.add("failed");
      status(message.row, `not sent: ${reply.error}`);
    }
  });
}

/** Puts a message where its offset says, once. */
function show(message) {
  const own = message.user_id === me.user_id && outbox.get(message.data?.key);
  if (own) {
    own.row.remove();
    outbox.delete(message.data.key);
  }
  if (message.epoch && message.epoch !== position.epoch) {
    return; // of a stream that is lost
  }
  position.offset = Math.max(position.offset, message.offset);
  const rows = [...ui.messages.children];
  let before = null;
  for (let i = rows.length - 1; i >= 0; i--) {
    const offset = Number(rows[i].dataset.offset ?? Infinity);
    if (offset === message.offset) {
      return;
    }
    if (offset < message.offset) {
      break;
    }
    before = rows[i];
  }
  const row = messageRow(message);
  row.dataset.offset = message.offset;
  append(row, before);
  while (ui.messages.children.length > SHOWN) {
    ui.messages.firstElementChild.remove();
  }
}

function messageRow({ user_id, data, timestamp }) {
  const row = document.createElement("li");
  const who = element("span", "who", nameOf(user_id));
  const time = element("time", "", new Date(timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = new Date(timestamp).toISOString();
  who.append(time);
  who.dataset.user = user_id ?? "";
  row.style.setProperty("--hue", hue(user_id));
  row.classList.toggle("mine", user_id === me.user_id);
  row.append(who, element("div", "said", typeof data?.text === "string" ? data.text : JSON.stringify(data)));
  return row;
}

function append(row, before = null) {
  const list = ui.messages;
  const following = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.insertBefore(row, before);
  if (following || row.classList.contains("pending")) {
    list.scrollTop = list.scrollHeight;
  }
}

function status(row, text) {
  row.querySelector(".status")?.remove();
  row.querySelector(".who").append(element("span", "status", text));
}

// ---- what is shown around them --------------------------------------------------------------------------------------

function showState(state, detail) {
  ui.state.dataset.state = state;
  ui.state.textContent = state;
  ui.state.title = detail ?? "";
  if (state === "error") {
    note(`${detail}: leave and enter again`);
    for (const { row } of outbox.values()) {
      row.classList.add("failed");
      status(row, "not sent");
    }
  }
}

function showMembers(list) {
  const users = new Map();
  for (const member of list) {
    names.set(member.user_id, nameOf(member.user_id, member.info));
    users.set(member.user_id, (users.get(member.user_id) ?? 0) + 1);
  }
  ui["online-count"].textContent = users.size;
  ui.online.replaceChildren(...[...users].sort(([a], [b]) => a.localeCompare(b)).map(memberRow));
  for (const who of ui.messages.querySelectorAll(".who")) {
    if (who.dataset.user) {
      who.firstChild.data = nameOf(who.dataset.user);
    }
  }
}

function memberRow([user, sessions]) {
  const row = document.createElement("li");
  const name = nameOf(user);
  row.dataset.user = user;
  row.style.setProperty("--hue", hue(user));
  const badge = element("span", "badge", [...name][0]?.toUpperCase() ?? "?");
  badge.setAttribute("aria-hidden", "true");
  row.append(badge, element("span", "", user === me.user_id ? `${name} (you)` : name));
  if (sessions > 1) {
    row.append(element("span", "tabs", `${sessions} tabs`));
  }
  return row;
}

function note(text) {
  ui.notice.textContent = text ?? "";
}

function nameOf(user, info) {
  const told = info?.name ?? info?.full_name;
  return typeof told === "string" && told ? told : names.get(String(user)) ?? String(user ?? "server");
}

function hue(text) {
  let sum = 0;
  for (const c of String(text)) {
    sum = (sum * 31 + c.codePointAt(0)) % 360;
  }
  return sum;
}

/** Text is always text: nothing that somebody says becomes markup. */
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// ---- begin ----------------------------------------------------------------------------------------------------------

ui["login-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  const name = ui.name.value.trim();
  if (name) {
    enter({ user_id: userId(name), name });
  }
});

ui["send-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  const text = ui.text.value.trim();
  if (text) {
    say(text);
    ui.text.value = "";
  }
});

ui.leave.addEventListener("click", leave);

const stored = sessionStorage.getItem(STORED);
if (stored) {
  enter(JSON.parse(stored));
}
