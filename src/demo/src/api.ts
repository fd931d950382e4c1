import { typedHooks } from 'carillon-client/react';

/** What the channels of the demo carry, and what its verticles answer. */
export interface DemoApi {
  channels: {
    lobby: ChatData;
    [chat: `messages:${string}`]: ChatData;
    notifications: { type: 'alerts.changed' };
  };
  requests: {
    'demo.alerts.list': { data: null; answer: Alert[] };
    'demo.alerts.raise': { data: { text: string }; answer: Alert };
    'demo.alerts.resolve': { data: { id: string }; answer: boolean };
    'demo.chat.create': { data: { chat: string; members: string[] }; answer: { chat: string } };
    'demo.connections.list': { data: null; answer: Pair[] };
    'demo.connections.request': { data: { user: string }; answer: Pair };
    'demo.connections.accept': { data: { user: string }; answer: Pair };
    'demo.simulator.listen': { data: { channel: string; epoch: string; offset: number }; answer: AiResponse };
  };
  user:
    | { type: 'chat.invited'; chat: string; by: string }
    | { type: 'connection_request'; from: string; to: string }
    | { type: 'connection_accepted'; from: string; to: string };
}

/** The command line publishes `{"text": …}` alone. */
export type ChatData =
  | { type: 'message'; text: string; key: string; correlation_id: string }
  | { type: 'typing'; is_typing: boolean }
  | { type?: undefined; text: string };

export type Thread = 'lobby' | `messages:${string}`;

export interface Alert {
  readonly id: string;
  readonly text: string;
  readonly raised_by: string;
  readonly raised_at: number;
}

export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly state: 'asked' | 'accepted';
}

export interface AiResponse {
  readonly type: 'ai_response';
  /** Offset of the recording that it is about. */
  readonly to: number;
  readonly text: string;
  readonly heard: {
    readonly duration_ms: number;
    readonly sample_rate: number;
    readonly loudness_db: number;
    readonly peak_db: number;
    readonly pitch_hz: number;
    readonly voiced_ms: readonly (readonly [number, number])[];
  };
}

export const { useClient, useChannel, useEvent, usePresence, useUserEvent } = typedHooks<DemoApi>();
