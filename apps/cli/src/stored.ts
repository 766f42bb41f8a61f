import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, type AnyLine, type MethodParams, type MethodResult } from '@openclaw/protocol'
import type { Cli } from './cli.ts'
import type { Gateway } from './gateway.ts'

type Query = MethodParams<'sessions.list'> & { readonly limit: number; readonly offset: number }

/** The sessions of a home for reading: through its gateway, or from the journal files when none runs. */
export interface Stored {
  list(query: Query): Promise<MethodResult<'sessions.list'>>
  /** The last lines of a session in order; none when there is no such session. */
  lines(session: string, limit: number): Promise<AnyLine[]>
  /** Throws `not_found` for a session that does not exist. */
  verify(session?: string): Promise<MethodResult<'sessions.verify'>>
}

const pageLines = 1000

/** Opens them for one command. */
export async function openStored(cli: Cli): Promise<Stored> {
  const gateway = await cli.findGateway()
  return gateway ? throughGateway(gateway) : await fromFiles(join(cli.home, 'sessions'))
}

function throughGateway(gateway: Gateway): Stored {
  return {
    list: (query) => gateway.call('sessions.list', query),
    async lines(session, limit) {
      const pages: AnyLine[][] = []
      let before: number | undefined
      for (let left = limit; left > 0;) {
        const page = await gateway.call('chat.history', {
          session,
          limit: Math.min(left, pageLines),
          ...(before === undefined ? {} : { before }),
        })
        pages.unshift(page.lines as AnyLine[])
        before = page.lines[0]?.seq
        left -= page.lines.length
        if (!page.more || page.lines.length === 0) break
      }
      return pages.flat()
    },
    verify: (session) => gateway.call('sessions.verify', session === undefined ? {} : { session }),
  }
}

async function fromFiles(folder: string): Promise<Stored> {
  const { isWhole, openIndex, parseLine, readJournal, realPlatform, verifyJournal } = await import('@openclaw/kernel')
  const platform = realPlatform()

  /** The file whose first line states a key. */
  async function fileOf(session: string): Promise<string | undefined> {
    for (const { path } of await journals(folder)) {
      for await (const { reading } of readJournal(path, platform)) {
        const line = reading.state === 'damaged' ? undefined : parseLine(reading.text)
        if (line?.kind === 'session' && (line.body as { key?: unknown } | undefined)?.key === session) return path
        break
      }
    }
    return undefined
  }

  return {
    async list(query) {
      const files = (await journals(folder)).filter(({ agent }) => query.agent === undefined || agent === query.agent)
      // Only what is looked for is read: a search needs every journal, a page the ones used last.
      const simple = query.search === undefined && query.channel === undefined
      const page = simple ? files.slice(query.offset, query.offset + query.limit) : files
      const index = await openIndex(undefined, platform.files)
      try {
        for (const { path } of page) await index.update(path)
        if (!simple) return index.list(query)
        return { ...index.list({ limit: query.limit, offset: 0 }), total: files.length }
      } finally {
        index.close()
      }
    },
    async lines(session, limit) {
      const path = await fileOf(session)
      const lines: AnyLine[] = []
      if (path === undefined) return lines
      for await (const { reading } of readJournal(path, platform)) {
        if (reading.state !== 'damaged') lines.push(parseLine(reading.text))
        if (lines.length > limit * 2) lines.splice(0, lines.length - limit)
      }
      return limit === Infinity ? lines : lines.slice(-limit)
    },
    async verify(session) {
      const one = session === undefined ? undefined : await fileOf(session)
      if (session !== undefined && one === undefined)
        throw failure(
          'not_found',
          `There is no session ${JSON.stringify(session.slice(0, 200))}; \`openclaw sessions list\` shows them.`,
        )
      const paths = one === undefined ? (await journals(folder)).map(({ path }) => path) : [one]
      const found = []
      for (const path of paths) found.push(await verifyJournal(path, platform))
      return { whole: found.every(isWhole), journals: found }
    },
  }
}

/** Every journal file, last used first. */
async function journals(folder: string): Promise<{ agent: string; path: string; usedMs: number }[]> {
  const agents = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    agents
      .filter((entry) => entry.isDirectory())
      .map(async ({ name: agent }) => {
        const names = (await readdir(join(folder, agent))).filter((name) => name.endsWith('.jsonl'))
        return await Promise.all(
          names.map(async (name) => ({
            agent,
            path: join(folder, agent, name),
            usedMs: (await stat(join(folder, agent, name))).mtimeMs,
          })),
        )
      }),
  )
  return found.flat().sort((one, other) => other.usedMs - one.usedMs)
}
