import { isLine, type AnyLine } from '@openclaw/protocol'

/**
 * Why the owner is asked before a call reaches an address: the model made it up, and could have put into it what
 * others told it to. Undefined for an address that stands whole in what a person or a page said, for a site that an
 * allowed call of the same tool has reached before, and for what is no address. `lines` are the session's live ones.
 */
export function newSite(reaches: string, tool: string, lines: readonly AnyLine[]): string | undefined {
  const url = URL.parse(reaches)
  if (!url || isSaid(reaches, url, lines) || sitesReached(tool, lines).has(url.host)) return undefined
  return `the agent made this address up, and ${url.host} is new in this session`
}

/**
 * What the model wrote before counts for nothing when it comes back from elsewhere, and results of tools that work on
 * this machine never do: through a file the model could say anything to itself.
 */
function isSaid(reaches: string, url: URL, lines: readonly AnyLine[]): boolean {
  const finders = [reaches, url.href, readable(url.href)].map(finderOf)
  const holds = (...texts: readonly string[]) => texts.some((text) => finders.some((find) => find(text)))
  let made = false
  for (const line of lines) {
    if (isLine(line, 'user') && line.origin?.channel === 'subagent') {
      // An agent wrote it for another: no person said so.
      made ||= holds(line.body.text)
    } else if (isLine(line, 'user')) {
      const { text, quote, pending = [] } = line.body
      if (holds(text, quote?.text ?? '', ...pending.map((one) => one.text))) return true
    } else if (isLine(line, 'revision')) {
      if (holds(line.body.text)) return true
    } else if (isLine(line, 'assistant')) {
      made ||= holds(JSON.stringify(line.body.content))
    } else if (isLine(line, 'tool') && line.trust === 'outside' && !made) {
      if (holds(...line.body.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])))) return true
    }
  }
  return false
}

/** `/Köln` for `/K%C3%B6ln`. */
function readable(href: string): string {
  try {
    return decodeURI(href)
  } catch {
    return href
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * Finds an address in a text as people and pages write it: with or without its scheme, `www.` and last slash. A longer
 * one that begins with it does not count, or an address could be cut to say something; nor does one in other letters.
 */
function finderOf(address: string): (text: string) => boolean {
  const [, host = '', rest = ''] = /^(?:https?:\/\/)?(?:www\.)?([^/?#]*)([^#]*)/i.exec(address.trim()) ?? []
  const whole = `(?i:${escaped(host)})${escaped(rest.replace(/\/$/, ''))}`
  const pattern = new RegExp(`(?<![\\w.@-])(?i:https?://)?(?i:www\\.)?${whole}/?(?![\\w%=&/@-]|[.?:][\\w%=&/@?:-])`)
  const name = host.toLowerCase()
  // Most texts do not name the host, and that is seen much faster.
  return (text) => text.toLowerCase().includes(name) && pattern.test(text)
}

/** Hosts in the inputs of a tool's calls that were allowed: those have an intent. */
function sitesReached(tool: string, lines: readonly AnyLine[]): ReadonlySet<string> {
  const allowed = new Set<string>()
  for (const line of lines)
    if (isLine(line, 'intent') && line.body.tool === tool) allowed.add(`${line.body.run} ${line.body.call}`)
  const sites = new Set<string>()
  for (const line of lines) {
    if (!isLine(line, 'assistant')) continue
    for (const part of line.body.content) {
      if (part.type !== 'call' || !allowed.has(`${line.body.run} ${part.id}`)) continue
      for (const value of Object.values(part.input ?? {})) {
        const host = typeof value === 'string' ? URL.parse(value)?.host : undefined
        if (host) sites.add(host)
      }
    }
  }
  return sites
}
