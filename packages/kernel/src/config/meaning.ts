import type { Problem } from '@openclaw/protocol'
import type { PluginSchema } from './configuration.ts'
import { formatPath, isSection, valueAt, type Path } from './path.ts'
import type { Entry, Span } from './spans.ts'
import { nearest } from './suggest.ts'

/** What each value is fine with by itself and yet does not go together. Nothing of it closes or leaves out a part. */
export function checkMeaning(document: unknown, plugins: readonly PluginSchema[] | undefined): readonly Problem[] {
  const problems: Problem[] = []
  const report = (path: Path, message: string, suggestion?: string) =>
    problems.push({ path: formatPath(path), message, ...(suggestion === undefined ? {} : { suggestion }) })
  const names = (...path: Path) => {
    const section = valueAt(document, path)
    return isSection(section) ? Object.keys(section) : []
  }

  const agents = new Set(['main', ...names('agents')])
  const bindings = valueAt(document, ['bindings'])
  for (const [index, binding] of (Array.isArray(bindings) ? bindings : []).entries()) {
    const agent = valueAt(binding, ['agent'])
    if (typeof agent === 'string' && !agents.has(agent)) {
      report(
        ['bindings', String(index), 'agent'],
        `there is no agent "${agent}", so the default agent answers`,
        meant(agent, [...agents]) ?? `add agents.${agent}`,
      )
    }
    if (valueAt(binding, ['match', 'roles']) !== undefined && valueAt(binding, ['match', 'guild']) === undefined) {
      report(
        ['bindings', String(index), 'match', 'roles'],
        'roles mean something only within a guild, so this binding matches nothing',
        `add bindings.${index}.match.guild`,
      )
    }
  }
  const defaults = names('agents').filter((id) => valueAt(document, ['agents', id, 'default']) === true)
  for (const id of defaults.slice(1))
    report(
      ['agents', id, 'default'],
      `${defaults[0]} is the default agent already, and the first one counts`,
      'leave it out',
    )

  const bind = valueAt(document, ['gateway', 'bind'])
  const host = valueAt(document, ['gateway', 'host'])
  if (bind === 'custom' && host === undefined)
    report(
      ['gateway', 'host'],
      'bind is "custom" and no address is given, so the gateway does not start',
      'add gateway.host',
    )
  if (bind !== 'custom' && host !== undefined)
    report(['gateway', 'host'], 'has no effect unless bind is "custom"', 'set gateway.bind to "custom"')
  const mode = valueAt(document, ['gateway', 'auth', 'mode'])
  if (mode === 'none' && bind !== undefined && bind !== 'loopback')
    report(
      ['gateway', 'auth', 'mode'],
      'without auth the gateway starts on loopback only',
      'write "token", or set gateway.bind to "loopback"',
    )
  if (mode === 'trusted-proxy' && valueAt(document, ['gateway', 'auth', 'proxy']) === undefined)
    report(['gateway', 'auth', 'proxy'], 'is missing, so nobody can come in through a proxy', 'add gateway.auth.proxy')

  for (const channel of names('channels')) {
    const allow = valueAt(document, ['channels', channel, 'dm', 'allow'])
    if (Array.isArray(allow) && allow.includes('*'))
      report(
        ['channels', channel, 'dm', 'allow'],
        '"*" is taken for the id of one person',
        'to admit everybody write dm.policy: "open"',
      )
  }
  for (const key of names('sessions', 'tools'))
    if (!/^(agent:|[*])/.test(key))
      report(['sessions', 'tools', key], 'no session key begins like this', 'one is like agent:main:CHANNEL:default:*')

  if (plugins) {
    const known = (channel: boolean) =>
      plugins.filter((plugin) => plugin.channel === channel || !channel).map(({ id }) => id)
    for (const id of names('channels'))
      if (!known(true).includes(id))
        report(
          ['channels', id],
          `no plugin for the channel "${id}" is installed`,
          meant(id, known(true)) ?? `openclaw channels add ${id}`,
        )
    for (const id of names('plugins'))
      if (!known(false).includes(id))
        report(
          ['plugins', id],
          `no plugin "${id}" is installed`,
          meant(id, known(false)) ?? `openclaw plugins add ${id}`,
        )
  }
  return problems
}

function meant(word: string, words: readonly string[]): string | undefined {
  const found = nearest(word, words)
  return found === undefined ? undefined : `did you mean ${found}?`
}

/** Keys that stand twice in one section: JSON readers take the last one and say nothing. */
export function checkDoubles(span: Span, path: Path = []): readonly Problem[] {
  const last = new Map<string | undefined, Entry>()
  for (const entry of span.entries ?? []) last.set(entry.key, entry)
  return (span.entries ?? []).flatMap((entry, index) => {
    const inner = [...path, entry.key ?? String(index)]
    if (span.list || last.get(entry.key) === entry) return checkDoubles(entry.value, inner)
    return [
      {
        path: formatPath(inner),
        message: 'stands more than once; the last one counts',
        suggestion: 'remove the others',
      },
    ]
  })
}
