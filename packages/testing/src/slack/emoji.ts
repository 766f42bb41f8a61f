/** Slack's names of some emoji (https://github.com/iamcal/emoji-data, which Slack uses). */
const names: Readonly<Record<string, string>> = {
  '👍': '+1',
  '👎': '-1',
  '❤️': 'heart',
  '😂': 'joy',
  '🎉': 'tada',
  '👀': 'eyes',
  '✅': 'white_check_mark',
  '🔥': 'fire',
  '🚀': 'rocket',
  '🙏': 'pray',
}

/** The name of an emoji; a name, with or without colons, stays what it is. */
export const emojiName = (emoji: string): string => names[emoji] ?? emoji.replaceAll(':', '')
