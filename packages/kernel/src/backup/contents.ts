import { join, relative } from 'node:path'
import type { Held } from '../ledger/ledger.ts'
import type { Files, Platform } from '../platform.ts'
import { asBuffer } from '../platform/lines.ts'
import type { TarEntry } from './tar.ts'

/** What a restored home makes itself, what only the running gateway means, and what a backup takes its own way. */
const apart: ReadonlySet<string> = new Set([
  'logs',
  'schema.json',
  'gateway.lock',
  'gateway.json',
  'credentials',
  'sessions',
  'ledger',
  'state/home.json',
  'plugins/node_modules',
  'plugins/.lock',
])
/** May be large and belongs to no moment, so it comes last. */
const large: ReadonlySet<string> = new Set(['workspace', 'workspaces', 'skills', 'canvas', 'media'])
/** What `Files.replace` leaves behind when its process dies. */
const unfinished = /\.\d+-\d+\.new$/
const partBytes = 1 << 18

/** Reads a home for a backup. Adds to `leftOut` what it came across and cannot take. */
export function openContents(parts: {
  readonly home: string
  readonly platform: Platform
  readonly media: boolean
  readonly leftOut: string[]
}) {
  const { home, platform, media, leftOut } = parts
  const { files } = platform

  async function* walk(name: string): AsyncGenerator<TarEntry> {
    if (apart.has(name) || unfinished.test(name) || (name === 'media' && !media)) return
    const path = join(home, name)
    const found = await files.stat(path)
    // It is gone since its folder was listed.
    if (!found) return
    if (found.kind === 'folder') {
      const names = await files.list(path)
      if (names.length === 0) yield { ...found, name, kind: 'folder', size: 0, executable: true, content: [] }
      for (const one of names.toSorted()) yield* walk(`${name}/${one}`)
    } else if (found.kind === 'file') yield* whole(name)
    else leftOut.push(`${name}: it is ${found.kind === 'link' ? 'a link' : 'no file'}`)
  }

  /** A file as it is now. One that is being written may be cut off meanwhile: then it is filled up, and that is said. */
  async function* whole(name: string): AsyncGenerator<TarEntry> {
    const path = join(home, name)
    const { modifiedMs = 0, executable = false } = (await files.stat(path)) ?? {}
    await using handle = await files.open(path, 'read')
    const size = await handle.size()
    async function* content(): AsyncGenerator<Uint8Array> {
      let at = 0
      for (let part; at < size; at += part.length) {
        part = await handle.read(at, Math.min(partBytes, size - at))
        if (part.length === 0) break
        yield part
      }
      if (at < size) leftOut.push(`${name}: its end, because it was changed meanwhile`)
      for (; at < size; at += partBytes) yield new Uint8Array(Math.min(partBytes, size - at))
    }
    yield { name, kind: 'file', size, modifiedMs, executable, content: content() }
  }

  const top = async () => (await files.list(home)).toSorted()

  return {
    /** Settings, lists, cursors: each is replaced as a whole, so each is whole. */
    async *small(): AsyncGenerator<TarEntry> {
      for (const name of await top()) if (!large.has(name)) yield* walk(name)
    },
    /** Append-only files as far as they are held, and to the end of a line. */
    async *held(held: Held): AsyncGenerator<TarEntry> {
      for (const { path, size: noted } of held.files) {
        await using handle = await files.open(path, 'read')
        const size = await endOfLine(handle, noted)
        const { modifiedMs = 0 } = (await files.stat(path)) ?? {}
        const name = relative(home, path).replaceAll('\\', '/')
        async function* content(): AsyncGenerator<Uint8Array> {
          for (let at = 0, part; at < size; at += part.length) {
            part = await handle.read(at, Math.min(partBytes, size - at))
            yield part
          }
        }
        yield { name, kind: 'file', size, modifiedMs, executable: false, content: content() }
      }
    },
    async *large(): AsyncGenerator<TarEntry> {
      for (const name of await top()) if (large.has(name)) yield* walk(name)
    },
    async *credentials(): AsyncGenerator<TarEntry> {
      for (const name of (await files.list(join(home, 'credentials'))).toSorted()) yield* walk(`credentials/${name}`)
    },
  }
}

/** The files of a home whose gateway does not run: nothing changes them. */
export async function heldAtRest(home: string, { files }: { readonly files: Files }): Promise<Held> {
  const paths: string[] = []
  for (const agent of (await files.list(join(home, 'sessions'))).toSorted()) {
    for (const name of (await files.list(join(home, 'sessions', agent))).toSorted())
      if (name.endsWith('.jsonl')) paths.push(join(home, 'sessions', agent, name))
  }
  for (const name of (await files.list(join(home, 'ledger'))).toSorted())
    if (name.endsWith('.log')) paths.push(join(home, 'ledger', name))
  const noted = []
  for (const path of paths) noted.push({ path, size: (await files.stat(path))?.size ?? 0 })
  return { files: noted, [Symbol.dispose]() {} }
}

/** How far the last whole line reaches: what stands behind it was being written. */
async function endOfLine(handle: Awaited<ReturnType<Files['open']>>, upto: number): Promise<number> {
  for (let end = upto; end > 0;) {
    const from = Math.max(0, end - partBytes)
    const newline = asBuffer(await handle.read(from, end - from)).lastIndexOf(0x0a)
    if (newline >= 0) return from + newline + 1
    end = from
  }
  return 0
}
