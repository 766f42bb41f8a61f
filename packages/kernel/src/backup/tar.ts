import { failure } from '@openclaw/protocol'

/**
 * The ustar archive format with pax records for what its fields cannot hold
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format").
 */
export interface TarEntry {
  /** Relative, with `/` between its parts. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  /** Bytes of the content; it must give exactly so many. */
  readonly size: number
  readonly modifiedMs: number
  readonly executable: boolean
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

const blockBytes = 512
const longestName = 100
/** Eleven octal digits. */
const largestSize = 8 ** 11 - 1
const empty = new Uint8Array()

/** The bytes of an archive of these entries. Throws when a content is not as long as it was said to be. */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    const records = paxRecords(entry)
    if (records.length > 0) {
      yield header({ ...entry, name: 'pax', size: records.length, executable: false }, 'x')
      yield records
      yield padding(records.length)
    }
    yield header(entry, entry.kind === 'folder' ? '5' : '0')
    let left = entry.size
    for await (const part of entry.content) {
      left -= part.length
      if (left < 0) break
      yield part
    }
    if (left !== 0) throw new Error(`${entry.name} has not the ${entry.size} bytes that it was said to have`)
    yield padding(entry.size)
  }
  yield new Uint8Array(2 * blockBytes)
}

/** What an entry of an archive says; its content is to be read before the next entry is asked for, or is left out. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = openBytes(source)
  for (let pax = new Map<string, string>(); ;) {
    const block = await bytes.take(blockBytes)
    // Two blocks of zeros end an archive; without them it was cut off.
    if (block.every((byte) => byte === 0)) return
    const { type, ...fields } = readHeader(block)
    if (type === 'x') {
      pax = readPax(await bytes.take(fields.size))
      await bytes.take(paddingOf(fields.size))
      continue
    }
    if (type !== '0' && type !== '5') throw broken(`${fields.name} is neither a file nor a folder (type "${type}")`)
    const size = Number(pax.get('size') ?? fields.size)
    const content = bytes.upto(size)
    yield { ...fields, name: pax.get('path') ?? fields.name, size, kind: type === '5' ? 'folder' : 'file', content }
    for await (const _ of content) continue
    await bytes.take(paddingOf(size))
    pax = new Map()
  }
}

function header({ name, size, modifiedMs, executable }: TarEntry, type: '0' | '5' | 'x'): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, length: number): void =>
    void block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  block.write(Buffer.from(name).subarray(0, longestName).toString('latin1'), 0, 'latin1')
  octal(executable || type === '5' ? 0o700 : 0o600, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size > largestSize ? 0 : size, 124, 12)
  octal(Math.max(0, Math.floor(modifiedMs / 1000)), 136, 12)
  block.write(type, 156, 'latin1')
  block.write('ustar\u000000', 257, 'latin1')
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return block
}

function readHeader(block: Uint8Array) {
  const text = (at: number, length: number): string => {
    const field = block.subarray(at, at + length)
    const end = field.indexOf(0)
    return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString()
  }
  const octal = (at: number, length: number): number => Number.parseInt(text(at, length).trim() || '0', 8)
  if (octal(148, 8) !== sumOf(block)) throw broken('a header does not match its checksum')
  const prefix = text(345, 155)
  const name = text(0, longestName)
  return {
    name: prefix ? `${prefix}/${name}` : name,
    executable: (octal(100, 8) & 0o100) !== 0,
    size: octal(124, 12),
    modifiedMs: octal(136, 12) * 1000,
    type: text(156, 1) || '0',
  }
}

/** The sum of a header's bytes, its own field counted as spaces. */
function sumOf(block: Uint8Array): number {
  let sum = 8 * 0x20
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte
  return sum
}

function paxRecords({ name, size }: TarEntry): Uint8Array {
  const plain = /^[\x20-\x7e]*$/.test(name) && name.length <= longestName
  const records = [...(plain ? [] : [`path=${name}`]), ...(size > largestSize ? [`size=${size}`] : [])]
  return Buffer.from(records.map(paxRecord).join(''))
}

/** `<length> <text>\n`, where the length counts itself. */
function paxRecord(text: string): string {
  const rest = Buffer.byteLength(text) + 2
  const digits = String(rest + String(rest).length).length
  return `${rest + digits} ${text}\n`
}

function readPax(bytes: Uint8Array): Map<string, string> {
  const found = new Map<string, string>()
  for (let rest = Buffer.from(bytes); rest.length > 0;) {
    const length = Number.parseInt(rest.toString('latin1', 0, 20), 10)
    if (!(length > 0 && length <= rest.length)) throw broken('a pax record is not whole')
    const record = rest.toString('utf8', 0, length - 1)
    const start = record.indexOf(' ') + 1
    const end = record.indexOf('=', start)
    found.set(record.slice(start, end), record.slice(end + 1))
    rest = rest.subarray(length)
  }
  return found
}

/** Takes so many bytes from a stream of parts of any length. */
function openBytes(source: AsyncIterable<Uint8Array>) {
  const parts = source[Symbol.asyncIterator]()
  let rest: Uint8Array = empty
  async function next(most: number): Promise<Uint8Array> {
    if (rest.length === 0) {
      const part = await parts.next()
      if (part.done) throw broken('it was cut off')
      rest = part.value
    }
    const taken = rest.subarray(0, most)
    rest = rest.subarray(taken.length)
    return taken
  }
  async function* upto(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const part = await next(left)
      left -= part.length
      yield part
    }
  }
  return {
    /** An iterable that goes on where it was left, so that what one reader did not read the next one skips. */
    upto(length: number): AsyncIterable<Uint8Array> {
      const parts = upto(length)
      return { [Symbol.asyncIterator]: () => ({ next: () => parts.next() }) }
    },
    async take(length: number): Promise<Uint8Array> {
      const taken: Uint8Array[] = []
      for await (const part of upto(length)) taken.push(part)
      return Buffer.concat(taken)
    },
  }
}

const paddingOf = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes
const padding = (size: number): Uint8Array => new Uint8Array(paddingOf(size))

function broken(reason: string): Error {
  return failure('invalid_params', `the archive is damaged: ${reason}; take another one`)
}
