import { CarillonError } from './errors.js';

const TOO_LARGE = 209;
/** What a command holds beside its data: type, id, channel, key. */
const ENVELOPE_BYTES = 600;

const utf8 = new TextEncoder();

/**
 * The data as they are now, so that what the application changes later is not sent, with proxies resolved.
 *
 * @throws CarillonError 200 if they are neither JSON nor bytes, 209 if they are larger than a node reads: it would close
 */
export function snapshot(data: unknown, maxBytes: number): unknown {
  const bytes = data instanceof Uint8Array ? data.slice() : undefined;
  const json = bytes === undefined ? stringify(data) : '';
  // One character takes three bytes at most: only near the limit is it worth counting.
  const fits = json.length * 3 <= maxBytes - ENVELOPE_BYTES;
  const size = bytes?.length ?? (fits ? 0 : utf8.encode(json).length);
  if (size > maxBytes - ENVELOPE_BYTES) {
    throw new CarillonError(TOO_LARGE, `too large: ${size} bytes, of ${maxBytes} with the envelope`);
  }
  return bytes ?? (JSON.parse(json) as unknown);
}

function stringify(data: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch {
    // Cyclic, or a bigint.
  }
  if (json === undefined) {
    throw new CarillonError(200, 'bad request: data are neither JSON nor bytes');
  }
  return json;
}
