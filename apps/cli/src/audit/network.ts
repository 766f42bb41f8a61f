import { join } from 'node:path'
import type { Check, Found } from './check.ts'
import type { Seen } from './seen.ts'

const dayMs = 86_400_000
const unusedMs = 90 * dayMs
/** What is tried first everywhere: https://github.com/danielmiessler/SecLists (Passwords/Common-Credentials), 8 letters and more. */
const usualPasswords =
  '12345678 123456789 1234567890 password password1 password123 passw0rd p@ssw0rd qwertyui qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx iloveyou sunshine princess football baseball trustno1 superman letmein1 welcome1 admin123 administrator changeme openclaw openclaw1 openclaw123 11111111 00000000 abcd1234 asdfghjkl'.split(
    ' ',
  )

const isOpen = ({ config }: Seen) => (config.gateway?.bind ?? 'loopback') !== 'loopback'

/** Who can reach the gateway, and how they say who they are. */
export const networkChecks: readonly Check[] = [
  {
    id: 'gateway.auth-none',
    severity: 'medium',
    about: 'Any program on this machine may do everything: `gateway.auth.mode` is `none`',
    fix: 'sets `token`',
    look: ({ config }) =>
      config.gateway?.auth?.mode === 'none'
        ? [
            {
              found: 'gateway.auth.mode is "none": every program and every person on this machine has all rights',
              remedy: 'Ask for a token: `openclaw config set gateway.auth.mode token`',
              change: { set: 'gateway.auth.mode', value: 'token' },
            },
          ]
        : [],
  },
  {
    id: 'gateway.clear-text',
    severity: 'medium',
    about: 'Other machines reach the gateway without TLS, so tokens travel in the clear',
    look: (seen) =>
      isOpen(seen) && !seen.config.gateway?.tls
        ? [
            {
              found: `gateway.bind is "${seen.config.gateway?.bind}" and there is no gateway.tls`,
              remedy:
                'Give it a certificate (gateway.tls.cert and .key), or bind to this machine and go through a tunnel: `openclaw config set gateway.bind loopback`',
            },
          ]
        : [],
  },
  {
    id: 'gateway.proxy-wide',
    severity: 'high',
    about: 'With `trusted-proxy`, whole networks may say who somebody is',
    look: ({ config }) => {
      const { mode, proxy } = config.gateway?.auth ?? {}
      if (mode !== 'trusted-proxy') return []
      return (proxy?.addresses ?? []).filter(isWide).map((address) => ({
        found: `gateway.auth.proxy.addresses has ${address}: everybody there can write the header with the user`,
        remedy: 'Name the address of the proxy alone.',
      }))
    },
  },
  {
    id: 'gateway.origin-clear',
    severity: 'medium',
    about: 'Pages that are fetched without TLS from elsewhere may connect',
    look: ({ config }) =>
      (config.gateway?.origins ?? [])
        .filter((origin) => /^http:/i.test(origin) && !/^http:\/\/(?:localhost|127\.|\[::1\])/i.test(origin))
        .map((origin) => ({
          found: `gateway.origins has ${origin}: who is between can put a page of their own there`,
          remedy: 'Use its https address.',
        })),
  },
  {
    id: 'gateway.tries-many',
    severity: 'low',
    about: 'So many wrong tries are allowed that a password can be guessed',
    look: ({ config }) => {
      const { attempts = 10, windowMs = 60_000 } = config.gateway?.auth?.rateLimit ?? {}
      const hourly = Math.round((attempts / windowMs) * 3_600_000)
      return config.gateway?.auth?.mode === 'password' && hourly > 10_000
        ? [
            {
              found: `gateway.auth.rateLimit lets one address try ${hourly} passwords an hour`,
              remedy: 'Leave it out: the default is 10 in a minute.',
            },
          ]
        : []
    },
  },
  {
    id: 'gateway.password-guessable',
    severity: 'high',
    about: 'The password is one of those that everybody tries first',
    deep: true,
    async look({ home, config }) {
      if (config.gateway?.auth?.mode !== 'password') return []
      const { openGatewaySecrets, realPlatform } = await import('@openclaw/kernel')
      const secrets = openGatewaySecrets({ home, files: realPlatform().files })
      for (const password of usualPasswords)
        if (await secrets.isPassword(password).catch(() => false))
          return [
            {
              found: `the password in ${join(home, 'credentials', 'gateway.json')} is one of the ${usualPasswords.length} most tried ones`,
              remedy: 'Take another one: `openclaw config secret gateway.password`',
            },
          ]
      return []
    },
  },
  {
    id: 'tokens.never-ends',
    severity: 'low',
    about: 'A token with the right to administer has no end',
    look: ({ tokens }) =>
      tokens
        .filter(({ id, rights, expiresAt }) => id !== 'local' && rights.includes('admin') && expiresAt === undefined)
        .map(({ id, name }): Found => ({
          found: `token ${id} (${name}) may administer and never ends`,
          remedy: `Make one that ends and revoke this one: \`openclaw tokens create NAME --rights admin --days 90\`, \`openclaw tokens revoke ${id}\``,
        })),
  },
  {
    id: 'tokens.unused',
    severity: 'low',
    about: 'A token was not used for 90 days',
    look: ({ tokens, now }) =>
      tokens
        .filter(({ id, createdAt, lastUsedAt }) => id !== 'local' && now - (lastUsedAt ?? createdAt) > unusedMs)
        .map(({ id, name, createdAt, lastUsedAt }) => ({
          found: `token ${id} (${name}) was not used for ${Math.floor((now - (lastUsedAt ?? createdAt)) / dayMs)} days`,
          remedy: `End it: \`openclaw tokens revoke ${id}\``,
        })),
  },
]

/** More than the 65,536 addresses of one site. */
function isWide(address: string): boolean {
  const [, bits] = address.split('/')
  return bits !== undefined && Number(bits) < (address.includes(':') ? 48 : 16)
}
