/** One line of the protocol, taken apart (https://modern.ircdocs.horse/#message-format). */
export interface Line {
  readonly tags: Readonly<Record<string, string>>
  /** `nick!user@host` or a server's name; empty of what clients send. */
  readonly source: string
  readonly command: string
  readonly params: readonly string[]
}

const form = /^(?:@(?<tags>[^ ]*) +)?(?::(?<source>[^ ]*) +)?(?<command>[^ ]+)(?<rest>.*)$/s

/** Takes a line apart; one without a command has an empty one. */
export function parseLine(text: string): Line {
  const { tags = '', source = '', command = '', rest = '' } = form.exec(text)?.groups ?? {}
  const trailing = / :(.*)$/s.exec(rest)
  const middle = trailing ? rest.slice(0, trailing.index) : rest
  const params = middle.split(' ').filter((param) => param !== '')
  if (trailing) params.push(trailing[1]!)
  return { tags: parseTags(tags), source, command: command.toUpperCase(), params }
}

/** Puts one together, without the end of the line; the last parameter is marked as such. */
export function formatLine({ tags, source, command, params }: Partial<Line> & Pick<Line, 'command'>): string {
  const words = (params ?? []).map((param, index, all) => (index === all.length - 1 ? `:${param}` : param))
  const told = Object.entries(tags ?? {}).map(([key, value]) => (value === '' ? key : `${key}=${escapeTag(value)}`))
  return [
    ...(told.length > 0 ? [`@${told.join(';')}`] : []),
    ...(source ? [`:${source}`] : []),
    command,
    ...words,
  ].join(' ')
}

/** The nick of a source. */
export const nickOf = (source: string): string => source.split('!')[0]!

function parseTags(text: string): Record<string, string> {
  const pairs = text.split(';').filter(Boolean)
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=')
      return [key, unescapeTag(value.join('='))]
    }),
  )
}

/** https://ircv3.net/specs/extensions/message-tags#escaping-values */
const escapes: Record<string, string> = { ';': '\\:', ' ': '\\s', '\\': '\\\\', '\r': '\\r', '\n': '\\n' }
const escapeTag = (value: string) => value.replaceAll(/[; \\\r\n]/g, (sign) => escapes[sign]!)
const unescapeTag = (value: string) =>
  value.replaceAll(/\\(.?)/g, (_, sign: string) => ({ ':': ';', s: ' ', r: '\r', n: '\n' })[sign] ?? sign)
