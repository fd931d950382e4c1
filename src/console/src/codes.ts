/** Why sockets end, as the protocol has it. */
const MEANINGS: Readonly<Record<string, string>> = {
  1000: 'closed in order',
  1001: 'page left',
  1005: 'closed without a code',
  1006: 'connection lost',
  1009: 'message too large',
  1011: 'internal error',
  1012: 'restart',
  1013: 'try again later',
  4001: 'authentication failed',
  4002: 'no authentication in time',
  4003: 'token expired',
  4004: 'too slow',
  4005: 'no pong',
  4006: 'position lost',
  4007: 'too many messages',
  4010: 'draining',
  4401: 'revoked or blocked',
  4403: 'forbidden',
  4409: 'replaced',
  4429: 'too many connections of the user',
};

/** A code that is newer than the console has its range's meaning. */
export function meaningOf(code: string): string {
  const number = Number(code);
  return (
    MEANINGS[code] ?? (number >= 4400 && number < 4500 ? 'refused for good' : number >= 4000 ? 'reconnects' : 'other')
  );
}
