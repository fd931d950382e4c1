/** Where in the console one is; it stands in the fragment of the URL, which no server sees. */
export type Route =
  | { readonly view: 'cluster' }
  | { readonly view: 'node'; readonly name: string }
  | { readonly view: 'channels'; readonly name: string }
  | { readonly view: 'channel'; readonly name: string }
  | { readonly view: 'users' }
  | { readonly view: 'user'; readonly name: string };

/** Unknown ones are the cluster. */
export function routeOf(hash: string): Route {
  const [view = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  const name = decoded(rest.join('/'));
  switch (view) {
    case 'channels':
      return { view, name };
    case 'users':
      return { view };
    case 'node':
    case 'channel':
    case 'user':
      return name === '' ? { view: 'cluster' } : { view, name };
    default:
      return { view: 'cluster' };
  }
}

export function hashOf(route: Route): string {
  const name = 'name' in route ? route.name : '';
  return `#/${route.view}${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
