import { failure } from '@openclaw/protocol'
import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Files } from '../platform.ts'

/** What stands in `credentials/gateway.json`: hashes only. */
interface Stored {
  readonly password?: { readonly salt: string; readonly hash: string }
  readonly proxy?: string
}

/** The gateway's own two secrets: its password, and what a proxy on loopback shows. */
export interface GatewaySecrets {
  isPassword(text: string): Promise<boolean>
  isProxySecret(text: string): Promise<boolean>
  set(which: 'password' | 'proxy', text: string): Promise<void>
}

const derive = promisify(scrypt) as (password: string, salt: Buffer, bytes: number) => Promise<Buffer>

/** Reads the file for each question, so that what the CLI sets is in force at once. */
export function openGatewaySecrets({ home, files }: { readonly home: string; readonly files: Files }): GatewaySecrets {
  const file = join(home, 'credentials', 'gateway.json')
  const read = async (): Promise<Stored> => JSON.parse((await files.readText(file)) ?? '{}') as Stored
  return {
    async isPassword(text) {
      const { password } = await read()
      if (!password)
        throw failure('unauthorized', 'no password is set; set one with `openclaw config secret gateway.password`')
      return timingSafeEqual(
        await derive(text, Buffer.from(password.salt, 'hex'), 32),
        Buffer.from(password.hash, 'hex'),
      )
    },
    async isProxySecret(text) {
      const { proxy } = await read()
      return proxy !== undefined && timingSafeEqual(hash('sha256', text, 'buffer'), Buffer.from(proxy, 'hex'))
    },
    async set(which, text) {
      if (text.length < 8)
        throw failure(
          'invalid_params',
          `gateway: this ${which === 'proxy' ? 'proxy secret' : 'password'} is too short; use at least 8 characters`,
        )
      const salt = randomBytes(16)
      const value =
        which === 'proxy'
          ? hash('sha256', text)
          : { salt: salt.toString('hex'), hash: (await derive(text, salt, 32)).toString('hex') }
      await files.replace(file, `${JSON.stringify({ ...(await read()), [which]: value })}\n`)
    },
  }
}
