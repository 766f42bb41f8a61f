import fc from 'fast-check'
import { diskWith, filesOf, type Disk, type Operation } from '@openclaw/testing/simulator'
import { testPlatform } from '@openclaw/testing'
import type { Platform } from '../src/platform.ts'

const kinds = ['cut', 'flip', 'nul', 'lose', 'twice', 'swap'] as const
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** What may become of a file of lines, and where: places are parts of the whole, so that they fit every file. */
export const anyDamage = fc.record({ kind: fc.constantFrom(...kinds), place: part, more: part })
type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never

/** The bytes after it. */
export function damaged(whole: Buffer, { kind, place, more }: Damage): Buffer {
  const at = Math.floor(place * whole.length)
  const bytes = Buffer.from(whole)
  if (kind === 'cut') return bytes.subarray(0, at)
  if (kind === 'flip') {
    bytes[at]! ^= 1 << Math.floor(more * 8)
    return bytes
  }
  const end = Math.min(bytes.length, at + 1 + Math.floor(more * 700))
  if (kind === 'nul') return bytes.fill(0, at, end)
  if (kind === 'lose') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
  const lines = whole.toString('latin1').trimEnd().split('\n')
  const [from, to] = [Math.floor(place * lines.length), Math.floor(more * lines.length)]
  if (kind === 'twice') lines.splice(to, 0, lines[from]!)
  else [lines[from], lines[to]] = [lines[to]!, lines[from]!]
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1')
}

/** Lines of a whole file that still stand in a damaged one, each once, in the order of the damaged one. */
export function intactLines(whole: Buffer, bytes: Buffer): readonly string[] {
  const known = new Set(whole.toString('latin1').split('\n').filter(Boolean))
  return [...new Set(bytes.toString('latin1').split('\n'))].filter((line) => known.has(line))
}

/** A platform whose disk is memory, with these files on it, and refuses what `refuses` says. */
export function memoryPlatform(
  files: Readonly<Record<string, Uint8Array>> = {},
  refuses: (operation: Operation) => boolean = () => false,
): Platform & { readonly disk: Disk } {
  const disk = diskWith(files)
  const platform = testPlatform('/home')
  return {
    ...platform,
    disk,
    files: filesOf(
      disk,
      async (operation, perform, refused) => {
        if (!refuses(operation)) return perform()
        refused?.()
        throw Object.assign(new Error(`EIO: refused, ${operation.path}`), { code: 'EIO' })
      },
      () => platform.clock.now(),
    ),
  }
}

/** The files on a disk. */
export function filesOn(disk: Disk): Record<string, Buffer> {
  return Object.fromEntries([...disk.names].map(([path, { bytes }]) => [path, Buffer.from(bytes)]))
}

/** What is left of a disk for certain when the power goes now. */
export function safeOn(disk: Disk): Record<string, Buffer> {
  return Object.fromEntries([...disk.names.keys()].map((path) => [path, disk.safe(path)]))
}
