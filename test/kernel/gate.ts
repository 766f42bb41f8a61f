import { defineTool } from '@openclaw/sdk'
import { toolPlugin } from '@openclaw/testing'
import Type from 'typebox'

/** A tool that waits until the test lets it go on. */
export function gate() {
  const entered = Promise.withResolvers<void>()
  const { promise, resolve } = Promise.withResolvers<void>()
  const tool = defineTool({
    name: 'gate',
    description: 'waits',
    input: Type.Object({}),
    effect: 'read',
    async run() {
      entered.resolve()
      await promise
      return { content: [{ type: 'text', text: 'through' }] }
    },
  })
  return { plugin: toolPlugin('gate', [tool]), entered: entered.promise, open: resolve }
}
