import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const block = /<!-- file: (\S+) -->\n```(\w+)\n(?:[\s\S]*?\n)??```(?=\n)/g

/** A guide whose code blocks are the real text of the files that they name: `<!-- file: PATH -->` before the block. */
export function guide(path: string): () => string {
  return () =>
    readFileSync(join(root, path), 'utf8').replaceAll(block, (_, file: string, language: string) => {
      const text = readFileSync(join(root, file), 'utf8').trimEnd()
      return `<!-- file: ${file} -->\n\`\`\`${language}\n${text}\n\`\`\``
    })
}
