import { channelConformance, gatewayConformance, providerConformance, toolConformance } from '@openclaw/testing'
import channel from '../src/channel.ts'
import gateway from '../src/gateway.ts'
import provider from '../src/provider.ts'
import tools from '../src/tool.ts'
import { takeAnswers } from './answers.ts'

toolConformance({ name: 'example', tools, cases: [{ tool: 'roll_dice', input: { count: 2 } }] })

// The parrot has nobody behind it that could fail.
providerConformance({
  name: 'example',
  provider,
  make: () => ({ config: {}, model: 'parrot' }),
  without: ['calls', 'hangs', 'stalls', 'limited', 'unauthorized', 'fails', 'breaks'],
})

gatewayConformance({ name: 'example', gateway, config: {}, requests: [{ path: '/', status: 200 }] })

channelConformance({
  name: 'example',
  channel,
  async start(deliver) {
    const { url, answers, stop } = await takeAnswers()
    let count = 0
    return {
      config: { secret: 'a long secret', replyTo: url },
      peer: { kind: 'direct', id: 'ann' },
      async write(text) {
        const body = JSON.stringify({ id: String(++count), from: 'ann', text })
        const headers = { 'x-example-secret': 'a long secret' }
        await deliver(new Request('http://127.0.0.1/webhooks/example/default', { method: 'POST', headers, body }))
      },
      sent: () => answers.map(({ text }) => text),
      stop,
    }
  },
})
