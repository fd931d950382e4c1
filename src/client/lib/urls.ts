const SOCKET: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:' };

/** An endpoint as a WebSocket's URL; relative ones are the page's. */
export function endpoint(url: string): string {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  const parsed = new URL(url, base);
  parsed.protocol = SOCKET[parsed.protocol] ?? parsed.protocol;
  return parsed.href;
}

/** The endpoint on another node: its scheme, host and port, and its path before that of the endpoint. */
export function moved(url: string, to: string): string {
  try {
    const base = new URL(endpoint(to));
    const { pathname, search } = new URL(url);
    return `${base.protocol}//${base.host}${base.pathname.replace(/\/$/, '')}${pathname}${search}`;
  } catch {
    return url;
  }
}
