import { failure, type Log } from '@openclaw/sdk'

/** An address of a configuration, without a slash at the end. Throws `invalid_config` for what cannot be one. */
export function addressOf(who: string, baseUrl: string): string {
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol))
    throw failure(
      'invalid_config',
      `${who}: baseUrl "${baseUrl}" is not an address; write it like https://api.example.org/v1`,
    )
  if (url.username || url.password)
    throw failure('invalid_config', `${who}: baseUrl holds a password; put it into \`key\``)
  return url.href.replace(/\/+$/, '')
}

/** Warns of a key that would travel in the clear beyond this machine and its network. */
export function warnOfPlainHttp(who: string, address: string, key: string | undefined, log: Log): void {
  if (key && !isPrivate(new URL(address)))
    log.warn(`${who}: the key travels over plain http; use an https address`, { baseUrl: address })
}

/** Encrypted, loopback, private ranges (RFC 1918, RFC 4193, link-local) and names that only a local network knows. */
export function isPrivate({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' ||
    /^(localhost|.*\.(localhost|local|internal|lan)|[^.:]+|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|169\.254\..*|\[::1\]|\[f[cd].*\]|\[fe80.*\])$/.test(
      hostname,
    )
  )
}
