import { failure, type MethodResult, type Right, type Role } from '@openclaw/protocol'
import { hash, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import type { Platform } from '../platform.ts'
import { allRights, type Identity } from './rights.ts'

interface TokenRecord {
  readonly id: string
  readonly name: string
  /** SHA-256 of the whole token, in hex. The token itself is nowhere on this side. */
  readonly hash: string
  readonly role: Role
  readonly rights: readonly Right[]
  readonly createdAt: number
  readonly expiresAt?: number
  readonly lastUsedAt?: number
}
type TokenInfo = MethodResult<'tokens.list'>['tokens'][number]

/** The gateway's record of tokens. Rights stand here and nowhere else. */
export interface Tokens extends AsyncDisposable {
  list(): TokenInfo[]
  /** The caller of this has checked that role and rights are at most its maker's. */
  create(wanted: {
    name: string
    rights: readonly Right[]
    role: Role
    expiresInMs?: number
  }): Promise<MethodResult<'tokens.create'>>
  /** A new secret; the old one ends at once, and sockets that used it. */
  rotate(id: string): Promise<MethodResult<'tokens.rotate'>>
  revoke(id: string): Promise<void>
  /** Who holds this token; undefined for a wrong or expired one, in the same time whichever it is. */
  identify(token: string): Identity | undefined
  /** Called when the secret of a token ended, so that its sockets are closed. */
  onEnded(listen: (id: string) => void): Disposable
}

/** The token of this machine's owner, which the CLI reads from `credentials/local.token`. */
const localId = 'local'
const maxTokens = 1000
const lastUsedEveryMs = 60_000
const nobody = Buffer.alloc(32)

/**
 * Opens `credentials/tokens.json`, and makes the local token on first start. A file that cannot be read is kept beside
 * as `tokens.json.damaged`, and its tokens are no longer valid: `warn` says so.
 */
export async function openTokens(options: {
  readonly home: string
  readonly platform: Platform
  readonly warn?: (text: string) => void
}): Promise<Tokens> {
  const { home, platform } = options
  const { files, clock, random } = platform
  const file = join(home, 'credentials', 'tokens.json')
  const localFile = join(home, 'credentials', 'local.token')
  const records = new Map<string, TokenRecord>()
  const listeners = new Set<(id: string) => void>()
  let writing: Promise<void> = Promise.resolve()
  let used: Disposable | undefined

  const text = await files.readText(file)
  const read = text === undefined ? [] : parse(text)
  if (!read) {
    await files.replace(`${file}.damaged`, text!)
    options.warn?.(
      `credentials/tokens.json could not be read and is kept as tokens.json.damaged; make new tokens with \`openclaw tokens create\``,
    )
  }
  for (const record of read ?? []) records.set(record.id, record)

  function save(): Promise<void> {
    used?.[Symbol.dispose]()
    used = undefined
    writing = writing
      .catch(() => {})
      .then(() => files.replace(file, `${JSON.stringify({ version: 1, tokens: [...records.values()] }, null, 2)}\n`))
    return writing
  }

  /** Records are in force once they are on the disk: a token that is handed out survives a crash. */
  async function mint(record: Omit<TokenRecord, 'hash'>): Promise<{ token: string; info: TokenInfo }> {
    const token = `oc.${record.id}.${Buffer.from(random.bytes(32)).toString('base64url')}`
    const full = { ...record, hash: hash('sha256', token) }
    const before = records.get(record.id)
    records.set(record.id, full)
    try {
      await save()
    } catch (thrown) {
      if (before) records.set(record.id, before)
      else records.delete(record.id)
      throw thrown
    }
    return { token, info: show(full) }
  }

  function identify(token: string): Identity | undefined {
    const record = records.get(token.split('.', 2)[1] ?? '')
    const right = timingSafeEqual(hash('sha256', token, 'buffer'), record ? Buffer.from(record.hash, 'hex') : nobody)
    const now = clock.now()
    if (!record || !right || (record.expiresAt !== undefined && record.expiresAt <= now)) return undefined
    records.set(record.id, { ...record, lastUsedAt: now })
    used ??= clock.after(lastUsedEveryMs, () => void save().catch(() => {}))
    return {
      principal: record.role === 'owner' ? 'owner' : `token:${record.id}`,
      role: record.role,
      rights: record.rights,
      token: record.id,
      ...(record.expiresAt === undefined ? {} : { expiresAt: record.expiresAt }),
    }
  }

  function find(id: string): TokenRecord {
    const record = records.get(id)
    if (!record) throw failure('not_found', `tokens: there is no token ${id}; see \`openclaw tokens list\``)
    return record
  }
  const ended = (id: string) => {
    for (const listen of listeners) listen(id)
  }

  async function makeLocal(): Promise<{ token: string; info: TokenInfo }> {
    const minted = await mint({
      id: localId,
      name: 'this machine',
      role: 'owner',
      rights: allRights,
      createdAt: clock.now(),
    })
    await files.replace(localFile, `${minted.token}\n`)
    return minted
  }
  const local = (await files.readText(localFile))?.trim()
  if (!local || !identify(local)) await makeLocal()

  return {
    list: () => [...records.values()].map(show),
    async create({ name, rights, role, expiresInMs }) {
      const now = clock.now()
      for (const { id, expiresAt } of records.values())
        if (expiresAt !== undefined && expiresAt <= now) records.delete(id)
      if (records.size >= maxTokens)
        throw failure('conflict', `tokens: there are ${maxTokens} tokens; revoke some with \`openclaw tokens revoke\``)
      return mint({
        id: random.id(),
        name,
        role,
        rights: [...new Set(rights)],
        createdAt: now,
        ...(expiresInMs === undefined ? {} : { expiresAt: now + expiresInMs }),
      })
    },
    async rotate(id) {
      const { hash: _, lastUsedAt: __, ...record } = find(id)
      const minted = id === localId ? await makeLocal() : await mint(record)
      ended(id)
      return minted
    },
    async revoke(id) {
      const record = find(id)
      if (id === localId)
        throw failure(
          'conflict',
          'tokens: the token of this machine cannot be revoked; rotate it with `openclaw tokens rotate local`',
        )
      records.delete(id)
      ended(id)
      try {
        await save()
      } catch (thrown) {
        // Not on the disk: it would be valid again after a restart, so it is shown until revoking works.
        records.set(id, { ...record, expiresAt: 0 })
        throw thrown
      }
    },
    identify,
    onEnded(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    async [Symbol.asyncDispose]() {
      if (used) await save().catch(() => {})
      await writing.catch(() => {})
    },
  }
}

const show = ({ hash: _, ...info }: TokenRecord): TokenInfo => ({ ...info, rights: [...info.rights] })

function parse(text: string): TokenRecord[] | undefined {
  try {
    const { tokens } = JSON.parse(text) as { tokens?: unknown }
    if (!Array.isArray(tokens)) return undefined
    const known = (token: TokenRecord) =>
      typeof token.id === 'string' &&
      /^[0-9a-f]{64}$/.test(token.hash) &&
      ['owner', 'member', 'guest'].includes(token.role) &&
      Array.isArray(token.rights)
    return (tokens as TokenRecord[]).every(known) ? (tokens as TokenRecord[]) : undefined
  } catch {
    return undefined
  }
}
