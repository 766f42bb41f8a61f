/** Letters that mean themselves to every shell, wherever they stand but for `=` in the first word. */
const plain = String.raw`[A-Za-z0-9_@%+=:,./-]`
const single = String.raw`'[^'\p{Cc}]*'`
const double = String.raw`"[^"$\x60\\!\p{Cc}]*"`
const word = `(?:${plain}|${single}|${double})+`
const line = new RegExp(`^[ \\t]*${word}(?:[ \\t]+${word})*[ \\t]*$`, 'u')
const words = new RegExp(word, 'gu')
const quoted = new RegExp(`${single}|${double}`, 'gu')

/**
 * The words of a command line that is one program and its arguments and nothing else, so that a shell and a start
 * without one do the same with it. Undefined for a line in which a shell would see more: operators, variables,
 * substitutions, patterns, assignments, comments, line ends.
 */
export function commandWords(command: string): readonly string[] | undefined {
  if (!line.test(command)) return undefined
  const found = (command.match(words) ?? []).map((one) => one.replace(quoted, (part) => part.slice(1, -1)))
  const [program = ''] = found
  return program === '' || program.includes('=') ? undefined : found
}
