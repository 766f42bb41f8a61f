import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { failure } from '@openclaw/protocol'

/** scrypt with 128 MiB (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). */
const cost = { N: 2 ** 17, r: 8, p: 1 }
const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16
const version = 1

/** `<version> <salt> <nonce> <tag> <ciphertext>`: AES-256-GCM with a key that scrypt makes of a passphrase. */
export async function seal(plain: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const salt = randomBytes(saltBytes)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Uint8Array.of(version), salt, nonce, cipher.getAuthTag(), sealed])
}

/** What was sealed. Throws `unauthorized` when that was with another passphrase, or it was changed or cut off since. */
export async function unseal(sealed: Uint8Array, passphrase: string): Promise<Uint8Array> {
  if (sealed[0] !== version) {
    throw failure('unsupported', 'the credentials were encrypted by a newer version of OpenClaw; use that one')
  }
  const field = (from: number, length: number): Uint8Array => sealed.subarray(from, from + length)
  const salt = field(1, saltBytes)
  const nonce = field(1 + saltBytes, nonceBytes)
  const tag = field(1 + saltBytes + nonceBytes, tagBytes)
  const key = await keyOf(passphrase, salt)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(tag)
    const start = 1 + saltBytes + nonceBytes + tagBytes
    return Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()])
  } catch {
    throw failure('unauthorized', 'the passphrase is not the one that the credentials were encrypted with; try another')
  }
}

function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same letters may be typed as different code points.
    scrypt(passphrase.normalize('NFKC'), salt, 32, { ...cost, maxmem: 2 * 128 * cost.N * cost.r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
