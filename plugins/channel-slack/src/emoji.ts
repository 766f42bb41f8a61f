/** Emoji that agents and people react with, under Slack's names (https://github.com/iamcal/emoji-data, which Slack uses). */
const names: Readonly<Record<string, string>> = {
  '👍': '+1',
  '👎': '-1',
  '❤️': 'heart',
  '😀': 'grinning',
  '😄': 'smile',
  '😂': 'joy',
  '😍': 'heart_eyes',
  '😢': 'cry',
  '😡': 'rage',
  '😮': 'open_mouth',
  '🤔': 'thinking_face',
  '🎉': 'tada',
  '👏': 'clap',
  '🙏': 'pray',
  '👀': 'eyes',
  '👌': 'ok_hand',
  '💯': '100',
  '🔥': 'fire',
  '🚀': 'rocket',
  '✅': 'white_check_mark',
  '✔️': 'heavy_check_mark',
  '❌': 'x',
  '⚠️': 'warning',
  '❓': 'question',
  '❗': 'exclamation',
  '⏳': 'hourglass_flowing_sand',
  '💡': 'bulb',
  '🤖': 'robot_face',
}
const emoji = new Map(Object.entries(names).map(([sign, name]) => [name, sign]))
const aliases: Readonly<Record<string, string>> = { thumbsup: '+1', thumbsdown: '-1' }

/** Slack's name for an emoji or for `:name:`; undefined when it is neither. */
export function emojiName(sign: string): string | undefined {
  const name = names[sign] ?? names[`${sign}\ufe0f`] ?? /^:?([a-z0-9_+'-]+):?$/.exec(sign)?.[1]
  return name && (aliases[name] ?? name)
}

/** The emoji of a name, its skin tone left out; `:name:` for one that is not in the table, such as a workspace's own. */
export function emojiOf(name: string): string {
  const [plain = name] = name.split('::')
  return emoji.get(aliases[plain] ?? plain) ?? `:${plain}:`
}
