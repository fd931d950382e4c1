// Small things that several views show.
import type { ComponentChildren } from 'preact';
import type { Node } from './api';
import { brief, moment, relative } from './format';
import { hashOf } from './route';

const TONES: Readonly<Record<Node['health'], string>> = {
  ready: 'good',
  starting: 'busy',
  draining: 'busy',
  unsafe: 'busy',
  minority: 'bad',
  silent: 'bad',
};

export const Health = ({ health }: { readonly health: Node['health'] }) => <Mark tone={TONES[health]}>{health}</Mark>;

/** A word with a dot of a colour: never the colour alone. */
export const Mark = ({ tone, children }: { readonly tone: string; readonly children: ComponentChildren }) => (
  <span class={`mark ${tone}`}>{children}</span>
);

export function Figure({ label, children, tone = '' }: { label: string; children: ComponentChildren; tone?: string }) {
  return (
    <div class={`figure ${tone}`}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export const Problem = ({ text }: { readonly text: string }) =>
  text === '' ? null : (
    <p class="error" role="alert">
      {text}
    </p>
  );

export const NodeLink = ({ id }: { readonly id: string }) => (
  <a class="id" href={hashOf({ view: 'node', name: id })} title={id}>
    {brief(id)}
  </a>
);

export const ChannelLink = ({ name }: { readonly name: string }) => (
  <a class="id" href={hashOf({ view: 'channel', name })}>
    {name}
  </a>
);

export const UserLink = ({ id }: { readonly id: string }) => (
  <a class="id" href={hashOf({ view: 'user', name: id })}>
    {id}
  </a>
);

export const Ago = ({ at, now }: { readonly at: number; readonly now: number }) => (
  <time dateTime={new Date(at).toISOString()} title={moment(at)}>
    {relative(at, now)}
  </time>
);
