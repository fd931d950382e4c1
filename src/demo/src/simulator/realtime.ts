import { useWebSocket, WebSockets } from 'carillon-client/react/websocket';
import { useEffect, useReducer } from 'react';
import { useClient, type AiResponse } from '../api';
import { socketUrl as url, token, type User } from '../session';

/** Connections by name, each with options of its own. */
export function socketsOf(user: User): WebSockets {
  const all = { url, getToken: () => token(user) };
  return new WebSockets({
    simulation: { ...all, channel: `simulation:${user.id}`, maxAttempts: 5 },
    assessments: { ...all, channel: `assessments:${user.id}`, maxAttempts: 3 },
  });
}

/** The trainer hears a recording, and answers on the same connection. */
export function useTrainer(user: User) {
  const client = useClient();
  const { send, subscribe, ...socket } = useWebSocket('simulation', false);
  const [answers, add] = useReducer(
    (all: AiResponse[], one: unknown) => [...all, one as AiResponse],
    [],
  );
  useEffect(() => subscribe('ai_response', add), [subscribe]);
  const speak = async (wav: Uint8Array): Promise<void> => {
    const { position } = await send(wav, { type: 'audio', format: 'wav' }); // as JSON, then the bytes
    if (position === undefined) return;
    const recording = { channel: `simulation:${user.id}`, ...position };
    await client.request('demo.simulator.listen', recording);
  };
  return { ...socket, answers, speak };
}
