/**
 * The keys between the `---` lines at the head of a Markdown file, and their values as text. It reads as much of YAML as
 * skills use: `key: value`, quoted or not, going on in the indented lines below, which are joined by single spaces.
 */
export function readFrontMatter(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const block = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(text)?.[1] ?? ''
  let key: string | undefined
  for (const line of block.split('\n')) {
    const field = /^([A-Za-z][\w-]*):(?:[ \t]+(.*))?$/.exec(line)
    if (field) found.set((key = field[1]!), field[2] ?? '')
    else if (key !== undefined && /^[ \t]+\S/.test(line)) found.set(key, `${found.get(key)} ${line.trim()}`)
  }
  for (const [name, value] of found) found.set(name, plain(value))
  return found
}

/** Without the mark of a block and without quotes. */
function plain(value: string): string {
  return value
    .trim()
    .replace(/^[>|][+-]?(?:\s+|$)/, '')
    .replace(/^(["'])(.*)\1$/, '$2')
}
