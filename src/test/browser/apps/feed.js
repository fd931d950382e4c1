// A social feed with plain WebSockets, one for each channel, and no library.
const { base, token, paths } = window.given;
window.heard = {};
window.endedWith = {};
window.sockets = {};
window.ready = Promise.all(
  paths.map((path) => {
    heard[path] = [];
    const socket = new WebSocket(`${base}${path}?token=${token}`);
    sockets[path] = socket;
    socket.onmessage = ({ data }) => heard[path].push(JSON.parse(data));
    socket.onclose = ({ code }) => (endedWith[path] = code);
    return new Promise((resolve) => (socket.onopen = resolve));
  }),
);
