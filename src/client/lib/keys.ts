/** A key that nobody else will make. Without `crypto.randomUUID`, which pages over plain HTTP do not have. */
export function randomKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
