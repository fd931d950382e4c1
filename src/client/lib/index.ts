export { connect } from './client.js';
export type {
  AnswerOf,
  AnyApi,
  Client,
  ClientEvents,
  ConnectOptions,
  DataOf,
  RequestOptions,
  Session,
  UntypedApi,
} from './client.js';
export type { Backoff } from './backoff.js';
export type { Channel, History, HistoryOptions, OfType, PublishOptions, Receipt } from './channel.js';
export type { ChannelEvents, Gap, Member, Message, PresenceChange } from './channel-events.js';
export type { Clock, Timer } from './clock.js';
export type { Codec, Decoder } from './codec.js';
export type { State } from './connection.js';
export type { Release } from './emitter.js';
export { CarillonError, ClientCode, NoTokenError } from './errors.js';
export type {
  AuthSuccessFrame,
  Command,
  ErrorFrame,
  MemberFrame,
  Position,
  PresenceFrame,
  PublicationFrame,
  ServerFrame,
  Subscribe,
  SubscribedFrame,
} from './frames.js';
export type { Observable } from './observable.js';
export type { OutboxStore, QueuedMessage } from './outbox-store.js';
export type { Presence } from './presence.js';
export type { Quality } from './quality.js';
export type { Report, Reporter } from './report.js';
export type { GetChannelToken, GetState, SubscriptionOptions } from './subscription.js';
export type { Surroundings } from './surroundings.js';
export type { GetToken, TokenReason } from './tokens.js';
export type { Typing, TypingOptions } from './typing.js';
export type { Socket, SocketEvents, Transport, WebSocketConstructor, WebSocketLike } from './transport.js';
