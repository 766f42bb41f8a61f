import { defineGateway, method } from '@openclaw/sdk'
import Type from 'typebox'
import { config } from './config.ts'

const encode = (count: number) => new TextEncoder().encode(String(count))

/** Counts the answers that were ever given: as the method `example.count`, and as a page at `/example/`. */
export default defineGateway({
  id: 'example',
  config,
  methods: {
    'example.count': method(
      'read',
      'How many runs were answered.',
      Type.Object({}),
      Type.Object({ count: Type.Integer() }),
    ),
  },
  async setup({ on, store }) {
    let count = Number(new TextDecoder().decode(await store.get('count')))
    on('agent.end', ({ payload }) => {
      if ((payload as { outcome?: string }).outcome === 'answered') void store.set('count', encode(++count))
    })
    return {
      handlers: { 'example.count': () => ({ count }) },
      fetch: () => new Response(`${count} answers so far\n`),
    }
  },
})
