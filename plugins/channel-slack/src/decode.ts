/** What people call a user or a conversation, as far as it is known. */
export type NameOf = (id: string) => string | undefined

/**
 * Slack's text as people read it: entities, links, people, channels and groups. Marks such as `*bold*` stay as they were
 * typed. https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
 */
export function decode(text: string, nameOf: NameOf = () => undefined): string {
  return text
    .replace(/<([^<>]*)>/g, (whole, inner: string) => {
      const [target = '', ...labels] = inner.split('|')
      const label = labels.join('|')
      const [sign, rest] = [target[0], target.slice(1)]
      if (sign === '@') return `@${label || (nameOf(rest) ?? rest)}`
      if (sign === '#') return `#${label || (nameOf(rest) ?? rest)}`
      if (sign === '!') return special(rest, label)
      if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return whole
      return linked(target, label)
    })
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}

function special(command: string, label: string): string {
  const [name = ''] = command.split('^')
  if (name === 'here' || name === 'channel' || name === 'everyone') return `@${name}`
  return label || `@${name}`
}

function linked(url: string, label: string): string {
  const bare = url.replace(/^(?:https?:\/\/|mailto:|tel:)/, '')
  // Slack made the link by itself of what was typed.
  if (label === bare) return label
  return label && label !== url ? `${label} (${url})` : url
}

/** Text for Slack, so that nothing in it is taken for a link or a mention. */
export function encode(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
