import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { failure } from '@openclaw/protocol'

/** What a package says of itself before any of its code is here. */
export interface Packed {
  readonly file: string
  /** The whole package.json. */
  readonly manifest: Readonly<Record<string, unknown>>
  /** `sha512-…` over the tarball, as registries and lockfiles write it. */
  readonly integrity: string
}

const block = 512
const maxBytes = 256 * 1024 * 1024

/** Reads package.json out of a tarball as npm makes them, without unpacking anything. */
export async function readPacked(file: string): Promise<Packed> {
  const bytes = await readFile(file)
  const integrity = `sha512-${hash('sha512', bytes, 'base64')}`
  try {
    const text = findManifest(gunzipSync(bytes, { maxOutputLength: maxBytes }))
    if (text !== undefined) return { file, manifest: JSON.parse(text) as Record<string, unknown>, integrity }
  } catch (error) {
    throw failure('invalid_params', `${file} cannot be read as a package: ${(error as Error).message}`, {
      cause: error,
    })
  }
  throw failure('invalid_params', `${file} is not a package: there is no package.json in it.`)
}

/** The entry `<top folder>/package.json` of a tar archive (https://www.gnu.org/software/tar/manual/html_node/Standard.html). */
function findManifest(tar: Buffer): string | undefined {
  for (let at = 0; at + block <= tar.length;) {
    const header = tar.subarray(at, at + block)
    if (header[0] === 0) return undefined
    const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(header.toString('latin1', 124, 136).trim() || '0', 8)
    if (!Number.isInteger(size) || size < 0) throw new Error('a header in it is damaged')
    // "0" is a file; other types are folders, links and the longer headers of later formats.
    const plain = header[156] === 0x30 || header[156] === 0
    if (plain && /^[^/]+\/package\.json$/.test(name)) return tar.toString('utf8', at + block, at + block + size)
    at += block + Math.ceil(size / block) * block
  }
  return undefined
}
