import { expect, test } from 'vitest'
import { seal, unseal } from '../../src/backup/seal.ts'

const plain = Buffer.from('token: 123456:ABC-DEF')

test(
  'S14: what is sealed cannot be read, and opens with its passphrase, however typed',
  { timeout: 60_000 },
  async () => {
    const sealed = Buffer.from(await seal(plain, 'Zu\u0308rich 12'))
    expect(sealed.includes('ABC-DEF')).toBe(false)
    expect(Buffer.from(await unseal(sealed, 'Z\u00fcrich 12'))).toEqual(plain)
    expect(sealed).not.toEqual(Buffer.from(await seal(plain, 'Zu\u0308rich 12')))
  },
)

test('another passphrase, a flipped bit and a missing end are refused', { timeout: 60_000 }, async () => {
  const sealed = Buffer.from(await seal(plain, 'right'))
  await expect(unseal(sealed, 'wrong')).rejects.toMatchObject({ code: 'unauthorized' })
  for (const at of [1, 17, 29, sealed.length - 1]) {
    const flipped = Buffer.from(sealed)
    flipped[at] = flipped[at]! ^ 0x10
    await expect(unseal(flipped, 'right'), `byte ${at}`).rejects.toMatchObject({ code: 'unauthorized' })
  }
  for (const length of [1, 44, sealed.length - 1]) {
    await expect(unseal(sealed.subarray(0, length), 'right')).rejects.toMatchObject({ code: 'unauthorized' })
  }
  await expect(unseal(Buffer.concat([Uint8Array.of(9), sealed]), 'right')).rejects.toMatchObject({
    code: 'unsupported',
  })
})
