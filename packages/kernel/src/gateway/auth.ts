import { failure, type Config, type MethodParams } from '@openclaw/protocol'
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { countedAs, isLoopback } from './address.ts'
import { lockedOut, type Attempts } from './attempts.ts'
import type { Links } from './links.ts'
import type { Proxy } from './proxy.ts'
import { forwardingHeader, valuesOf, type Asked } from './request.ts'
import { allRights, localOwner, type Identity } from './rights.ts'
import type { GatewaySecrets } from './secrets.ts'
import type { Tokens } from './tokens.ts'

type AuthConfig = NonNullable<NonNullable<Config['gateway']>['auth']>
/** What somebody shows to prove who they are. */
export type Credential = NonNullable<MethodParams<'connect'>['auth']>
export type AuthMode = NonNullable<AuthConfig['mode']>

/** Tells who calls. */
export interface Auth {
  readonly mode: AuthMode
  /** Why a request is refused before anything is read of it; undefined when it may go on. */
  refuse(asked: Asked): string | undefined
  /**
   * Who calls, from what they show, else from the headers, else by the mode. Throws `unauthorized`, `forbidden` or
   * `rate_limited`. A link gives a fresh token along, once.
   */
  identify(asked: Asked, shown?: Credential): Promise<Identity & { readonly fresh?: string }>
}

const browserLifeMs = 90 * 24 * 60 * 60_000

/** Modes none, token, password and trusted-proxy. Tokens are good in every mode: the CLI's is one. */
export function openAuth(options: {
  readonly mode: AuthMode
  readonly tokens: Tokens
  readonly links: Links
  readonly attempts: Attempts
  readonly secrets: GatewaySecrets
  readonly proxy: Proxy | undefined
  readonly now: () => number
  /** A way of a plugin to tell who calls, asked when nothing of ours was shown. */
  readonly ask?: ((asked: Asked) => Promise<{ readonly principal: string } | undefined>) | undefined
  readonly warn: (text: string, fields: object) => void
}): Auth {
  const { mode, tokens, links, attempts, secrets, proxy, warn } = options
  const isPassword = remembering(secrets)

  async function check(asked: Asked, shown: Credential): Promise<(Identity & { fresh?: string }) | undefined> {
    const kinds = Object.entries(shown).filter(([, value]) => value !== undefined)
    if (kinds.length !== 1) throw failure('invalid_params', 'show one credential: a token, a password or a link')
    const { token, password, link } = shown
    // Somebody who guesses from this machine must not lock out its owner, whose token nobody can guess.
    const near = isLoopback(asked.remote) && !forwardingHeader(asked)
    const address = countedAs(asked.remote)
    const lockedMs = attempts.lockedMs(address)
    if (lockedMs > 0 && !(near && token)) throw lockedOut(lockedMs)
    const found = token
      ? tokens.identify(token)
      : password
        ? await byPassword(password)
        : link
          ? await byLink(link)
          : undefined
    if (found) {
      if (lockedMs === 0) attempts.passed(address)
      return found
    }
    if (token || password || link) attempts.failed(address)
    warn('a credential was refused', { address: asked.remote, kind: kinds[0]![0], mode })
    if (lockedMs > 0) throw lockedOut(lockedMs)
    throw failure('unauthorized', refusal(kinds[0]![0]))
  }

  async function byPassword(password: string): Promise<Identity | undefined> {
    if (mode !== 'password') throw failure('unauthorized', `passwords are not taken in mode ${mode}; show a token`)
    return (await isPassword(password)) ? localOwner : undefined
  }

  async function byLink(link: string): Promise<(Identity & { fresh: string }) | undefined> {
    if (!links.take(link)) return undefined
    const name = `browser, ${new Date(options.now()).toISOString().slice(0, 10)}`
    const { token, info } = await tokens.create({ name, rights: allRights, role: 'owner', expiresInMs: browserLifeMs })
    return {
      ...localOwner,
      token: info.id,
      ...(info.expiresAt === undefined ? {} : { expiresAt: info.expiresAt }),
      fresh: token,
    }
  }

  return {
    mode,
    refuse(asked) {
      if (mode !== 'none') return undefined
      const header = forwardingHeader(asked)
      if (header)
        return `${header} was sent, and a gateway without auth answers nobody through a proxy; set gateway.auth.mode`
      return isLoopback(asked.remote)
        ? undefined
        : 'a gateway without auth answers this machine only; set gateway.auth.mode'
    },
    async identify(asked, shown) {
      const credential = shown && Object.keys(shown).length > 0 ? shown : fromHeaders(asked)
      if (credential) {
        const found = await check(asked, credential)
        if (found) return found
      }
      if (mode === 'trusted-proxy') {
        const found = await proxy?.identify(asked)
        if (found) return found
      }
      const told = await options.ask?.(asked)
      if (told) {
        const found = proxy?.user(told.principal)
        if (!found)
          throw failure('forbidden', `${told.principal} has no record here; add them to gateway.auth.proxy.users`)
        return found
      }
      if (mode === 'none') return localOwner
      throw failure(
        'unauthorized',
        'nothing was shown that says who you are; open the chat with `openclaw open`, or make a token with `openclaw tokens create`',
      )
    },
  }
}

/** `Authorization: Bearer`, `Authorization: Basic` (any name, the password) or `X-Gateway-Token`. Two of them are refused. */
function fromHeaders(asked: Asked): Credential | undefined {
  const authorization = valuesOf(asked, 'authorization')
  const own = valuesOf(asked, 'x-gateway-token')
  if (authorization.length + own.length === 0) return undefined
  if (authorization.length + own.length > 1)
    throw failure('unauthorized', 'more than one credential was sent; send one')
  if (own.length === 1) return { token: own[0]! }
  const [, scheme = '', value = ''] = /^(\S+) *(.*)$/.exec(authorization[0]!) ?? []
  if (scheme.toLowerCase() === 'bearer') return { token: value }
  if (scheme.toLowerCase() === 'basic')
    return {
      password: Buffer.from(value, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, ''),
    }
  throw failure('unauthorized', 'this kind of Authorization is not taken; send `Authorization: Bearer TOKEN`')
}

function refusal(kind: string): string {
  if (kind === 'link')
    return 'this link was used before or is older than ten minutes; make a fresh one with `openclaw open`'
  return kind === 'token'
    ? 'this token is not valid (any more); open the chat with `openclaw open`, or make a token with `openclaw tokens create`'
    : 'this password is wrong'
}

/** Deriving a key takes some 50 ms: the last right password is known again by a digest under a key of this process. */
function remembering(secrets: GatewaySecrets): (password: string) => Promise<boolean> {
  const key = randomBytes(32).toString('hex')
  let last: { digest: Buffer; until: number } | undefined
  return async (password) => {
    const digest = hash('sha256', key + password, 'buffer')
    if (last && performance.now() < last.until && timingSafeEqual(last.digest, digest)) return true
    const right = await secrets.isPassword(password)
    if (right) last = { digest, until: performance.now() + 10_000 }
    return right
  }
}
