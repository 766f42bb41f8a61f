const unsafe = /[%/\u0000-\u001f\u007f]/g

/**
 * The dedupe key of one platform event: `channel/account/peer/event`. Of a method call with an idempotency key:
 * `rpc/<principal>/<method>/<key>`. The first two parts name whose window the key lives in. Parts may hold anything.
 */
export function dedupeKey(channel: string, account: string, ...rest: readonly string[]): string {
  return [channel, account, ...rest].map(escape).join('/')
}

/** Is this the key of a method call, not of a platform's event? */
export function isCall(key: string): boolean {
  return key.startsWith('rpc/')
}

/** Whose window a key lives in: its first two parts. */
export function accountOf(key: string): string {
  const first = key.indexOf('/')
  const second = first < 0 ? -1 : key.indexOf('/', first + 1)
  return second < 0 ? key : key.slice(0, second)
}

function escape(part: string): string {
  return part.replace(unsafe, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
