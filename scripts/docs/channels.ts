import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Channel } from '@openclaw/sdk'
import { reportOf, type ChannelReport } from '../../packages/testing/src/channel/report.ts'
import { cell } from './schema.ts'

const root = join(import.meta.dirname, '../..')
const path = join(root, 'docs/channels.md')
const begin = '<!-- channels: made from what the channels report by pnpm fix -->'
const end = '<!-- end of channels -->'

const reports: readonly ChannelReport[] = await Promise.all(
  readdirSync(join(root, 'plugins'))
    .map((name) => join(root, 'plugins', name, 'src/channel.ts'))
    .filter((file) => existsSync(file))
    .map(async (file) => reportOf(((await import(pathToFileURL(file).href)) as { default: Channel }).default)),
)

/** `docs/channels.md`: its own text, with a table of what each channel reports, which its conformance suite proves. */
export function channelsPage(): string {
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/channels.md has lost its marks: ${begin} and ${end}`)
  const rows = reports.map(({ id, delivery, text: longest, markup, has }) =>
    [`[${id}](../plugins/channel-${id}/README.md)`, delivery, longest, markup, cell(has.join(', '))].join(' | '),
  )
  const table = ['channel | delivery | longest message | markup | has', '--- | --- | --- | --- | ---', ...rows]
  return `${text.slice(0, from + begin.length)}\n\n${table.map((row) => `| ${row} |`).join('\n')}\n\n${text.slice(to)}`
}
