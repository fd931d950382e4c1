import { describe, expect, it } from 'vitest';
import { hashOf, routeOf, type Route } from '../src/route';

describe('a place in the console', () => {
  it.each<Route>([
    { view: 'cluster' },
    { view: 'node', name: 'n1' },
    { view: 'channels', name: '' },
    { view: 'channels', name: 'messages:' },
    { view: 'channel', name: 'a/b%2F#?ü' },
    { view: 'users' },
    { view: 'user', name: 'ann@example.org' },
  ])('comes back out of its URL: %o', (route) => {
    expect(routeOf(hashOf(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/user', '#/node/'])('is the cluster where %o names none', (hash) => {
    expect(routeOf(hash)).toEqual({ view: 'cluster' });
  });

  it('survives what is no percent-encoding', () => {
    expect(routeOf('#/channel/100%')).toEqual({ view: 'channel', name: '100%' });
  });
});
