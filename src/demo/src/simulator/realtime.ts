import { useWebSocket, WebSockets } from 'carillon-client/react/websocket';
import { useEffect, useState } from 'react';
import { useClient, type AiResponse } from '../api';
import { socketUrl as url, token, type User } from '../session';

/** Connections by name, each with options of its own and opened when a component uses it. */
export function socketsOf(user: User): WebSockets {
  const getToken = (): Promise<string> => token(user);
  const channel = `simulation:${user.id}`;
  return new WebSockets({
    simulation: { url, getToken, channel, maxAttempts: 5 },
    assessments: {
      url,
      getToken,
      channel: `assessments:${user.id}`,
      maxAttempts: 3,
    },
  });
}

/** The trainer: hears a recording, and answers on the same connection. */
export function useTrainer(user: User) {
  const client = useClient();
  const { send, subscribe, ...socket } = useWebSocket('simulation', false);
  const [answers, setAnswers] = useState<readonly AiResponse[]>([]);
  useEffect(
    () =>
      subscribe('ai_response', (answer) =>
        setAnswers((all) => [...all, answer as AiResponse]),
      ),
    [subscribe],
  );
  const speak = async (wav: Uint8Array): Promise<void> => {
    const { position } = await send(wav, { type: 'audio', format: 'wav' }); // this as JSON, and then the bytes
    if (position !== undefined)
      await client.request('demo.simulator.listen', {
        channel: `simulation:${user.id}`,
        ...position,
      });
  };
  return { ...socket, answers, speak };
}
