import { useWebSocket, WebSocketProvider } from 'carillon-client/react/websocket';
import { useEffect, useState } from 'react';
import type { AiResponse } from '../api';
import type { User } from '../session';
import { Source } from '../source';
import { socketsOf, useTrainer } from './realtime';
import code from './realtime.ts?raw';
import { RATE, record, tones, wavOf } from './wav';

export function SimulatorPage({ user }: { user: User }) {
  const [sockets] = useState(() => socketsOf(user));
  return (
    <WebSocketProvider sockets={sockets} type="simulation">
      <div className="page">
        <div className="column">
          <h1>Training simulator</h1>
          <p className="lead">
            Several connections by name, each opened when it is needed. A recording goes out as JSON and then bytes; the
            trainer measures what it hears, and answers with an event.
          </p>
          <section className="card" aria-labelledby="connections-title">
            <h2 id="connections-title">Connections</h2>
            <ul className="list">
              <Connection type="simulation" />
              <Connection type="assessments" />
            </ul>
          </section>
          <Trainer user={user} />
        </div>
        <Source file="simulator/realtime.ts" code={code} />
      </div>
    </WebSocketProvider>
  );
}

function Connection({ type }: { type: string }) {
  const { connectionState, isConnected, session, connect, disconnect } = useWebSocket(type, false);
  return (
    <li data-socket={type}>
      <span className="grow">
        {type}
        <small>{isConnected ? `session ${session?.sessionId.slice(0, 8) ?? ''}` : 'no session'}</small>
      </span>
      <span className="state" data-state={connectionState}>
        {connectionState}
      </span>
      <button type="button" className="quiet" onClick={isConnected ? disconnect : connect}>
        {isConnected ? 'Disconnect' : 'Connect'}
        <span className="unseen"> {type}</span>
      </button>
    </li>
  );
}

function Trainer({ user }: { user: User }) {
  const { speak, answers, connect, on } = useTrainer(user);
  const [sound, setSound] = useState<Float32Array>();
  const [doing, setDoing] = useState('');
  const [problem, setProblem] = useState('');
  const [events, setEvents] = useState<readonly string[]>([]);
  useEffect(() => {
    const log = (line: string): void => setEvents((all) => [...all, line].slice(-20));
    const offs = [
      on('stateChange', ({ previous, state }) => log(`stateChange ${previous} → ${state}`)),
      on('connected', ({ node }) => log(`connected to ${node}`)),
      on('disconnected', ({ code: closed }) => log(`disconnected ${closed}`)),
    ];
    return () => offs.forEach((off) => off());
  }, [on]);
  const perform = async (name: string, make: () => Float32Array | Promise<Float32Array>): Promise<void> => {
    setDoing(name);
    setProblem('');
    try {
      const samples = await make();
      setSound(samples);
      connect();
      await speak(wavOf(samples));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setDoing('');
    }
  };
  return (
    <section className="card" aria-labelledby="trainer-title">
      <h2 id="trainer-title">Trainer</h2>
      <div className="row wrap">
        <button type="button" data-testid="play" disabled={doing !== ''} onClick={() => void perform('sending', tones)}>
          Send two tones
        </button>
        <button
          type="button"
          className="quiet"
          disabled={doing !== ''}
          onClick={() => void perform('recording', record)}
        >
          {doing === 'recording' ? 'Listening …' : 'Speak for 1.5 s'}
        </button>
      </div>
      {sound !== undefined && <Wave samples={sound} />}
      {problem !== '' && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
      <ol className="answers" data-testid="answers" aria-live="polite">
        {answers.map((answer) => (
          <Answer key={answer.to} answer={answer} />
        ))}
      </ol>
      {answers.length === 0 && <p className="empty">The trainer has heard nothing yet.</p>}
      <h3>Events</h3>
      <ol className="log" data-testid="events" tabIndex={0} aria-label="Events of the connection simulation">
        {events.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ol>
    </section>
  );
}

function Answer({ answer: { text, heard } }: { answer: AiResponse }) {
  const voiced = heard.voiced_ms.map(([from, to]) => `${from}–${to} ms`).join(', ');
  return (
    <li
      data-duration={heard.duration_ms}
      data-pitch={heard.pitch_hz}
      data-loudness={heard.loudness_db}
      data-peak={heard.peak_db}
      data-voiced={JSON.stringify(heard.voiced_ms)}
    >
      <p className="said">{text}</p>
      <small>
        {heard.duration_ms} ms at {heard.sample_rate} Hz · loudness {heard.loudness_db} dB · peak {heard.peak_db} dB ·{' '}
        {heard.pitch_hz} Hz{voiced !== '' && ` · sound at ${voiced}`}
      </small>
    </li>
  );
}

const BARS = 75;

/** The loudest sample of each part. */
function Wave({ samples }: { samples: Float32Array }) {
  const step = Math.ceil(samples.length / BARS);
  const bars = Array.from({ length: BARS }, (_, i) =>
    samples.subarray(i * step, (i + 1) * step).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  );
  return (
    <svg
      className="wave"
      preserveAspectRatio="none"
      viewBox={`0 0 ${BARS * 4} 60`}
      role="img"
      aria-label={`${(samples.length / RATE).toFixed(1)} s of sound`}
    >
      {bars.map((height, i) => (
        <rect
          key={i}
          x={i * 4}
          y={30 - Math.max(1, height * 28)}
          width="2.6"
          height={Math.max(2, height * 56)}
          rx="1.3"
        />
      ))}
    </svg>
  );
}
