import { createHash } from 'node:crypto'

const longest = 64

/**
 * What the model calls a server's tool: `<server>_<tool>` in snake_case, at most 64 characters. One that is cut, or
 * that would be called like another, ends in a digest of its own name, so that it is called the same at every start.
 */
export function toolName(server: string, tool: string, taken: (name: string) => boolean): string {
  const words = tool
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  const plain = `${server}_${words}`
  if (words !== '' && plain.length <= longest && !taken(plain)) return plain
  const digest = createHash('sha256').update(tool).digest('hex').slice(0, 8)
  return `${plain.slice(0, longest - 9)}_${digest}`
}
