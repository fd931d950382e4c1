// A thread whose handler is another one at each render.
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { connect } from 'carillon-client';
import { CarillonProvider, useChannel } from 'carillon-client/react';

const { token, urls, channel } = window.given;
window.heard = [];
window.attempts = 0;
window.asked = [];

class Watched extends WebSocket {
  constructor(...args) {
    super(...args);
    attempts++;
  }
  send(frame) {
    asked.push(JSON.parse(frame).type);
    super.send(frame);
  }
}

window.client = connect({ url: urls, getToken: () => token, webSocket: Watched, autoConnect: false });

function Thread({ turn }) {
  const { live } = useChannel(channel, { message: ({ data }) => heard.push([data, turn]) });
  return <p data-live={live}>rendered {turn} times</p>;
}

const root = createRoot(document.querySelector('#root'));
window.show = (turn) =>
  flushSync(() =>
    root.render(
      <StrictMode>
        <CarillonProvider client={client}>
          <Thread turn={turn} />
        </CarillonProvider>
      </StrictMode>,
    ),
  );
show(0);
