import { join } from 'node:path'
import { Address } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { fits } from '../config/fits.ts'
import type { JsonSchema } from '../config/json-schema.ts'
import type { Platform } from '../platform.ts'

/** The chat from which the owner wrote last, where they are asked for a yes. Kept in `state/owner-chat.json`. */
export interface OwnerChat {
  /** Undefined before the owner ever wrote from a chat. */
  readonly address: Address | undefined
  /** The owner wrote from here, directly. */
  wrote(address: Address): void
}

/** Opens what is known; a file that cannot be read counts as none. */
export async function openOwnerChat(parts: { home: string; platform: Platform; log: Log }): Promise<OwnerChat> {
  const { files } = parts.platform
  const file = join(parts.home, 'state', 'owner-chat.json')
  const text = await files.readText(file).catch(() => undefined)
  let address = text === undefined ? undefined : parse(text)
  return {
    get address() {
      return address
    },
    wrote(next) {
      if (JSON.stringify(next) === JSON.stringify(address)) return
      address = next
      files
        .replace(file, `${JSON.stringify(next)}\n`)
        .catch((error: unknown) =>
          parts.log.warn('where the owner wrote from could not be kept for the next start', { error: String(error) }),
        )
    },
  }
}

function parse(text: string): Address | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return fits(Address as unknown as JsonSchema, found) ? (found as Address) : undefined
  } catch {
    return undefined
  }
}
