/** A random id. `crypto.randomUUID` is absent on pages over plain http, as in a LAN. */
export function makeId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
