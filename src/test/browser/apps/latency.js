// Two people on two nodes in one page, so that one clock measures: from the send to the frame that shows it.
import { connect } from 'carillon-client';

const { home, users, urls, channel } = window.given;
const login = async (user) => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ user_id: user });
  return (await (await fetch(new URL('/dev/login', home), { method: 'POST', headers, body })).json()).token;
};
const [sender, reader] = urls.map((url, i) => connect({ url, getToken: () => login(users[i]) }));
const root = document.querySelector('#root');
const sentAt = [];
const shown = [];

reader.channel(channel).on('message', ({ data }) => {
  const line = document.createElement('p');
  line.textContent = data;
  root.prepend(line);
  // The frame is painted when the task after its animation callbacks runs.
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => shown.push([data, performance.now() - sentAt[data]]);
    port2.postMessage(null);
  });
});

window.shown = shown;
window.ready = Promise.all([reader.channel(channel).subscribed(), sender.channel(channel).subscribed()]);
window.measure = async (count) => {
  for (let i = 0; i < count; i++) {
    sentAt.push(performance.now());
    await sender.channel(channel).publish(i);
  }
};
