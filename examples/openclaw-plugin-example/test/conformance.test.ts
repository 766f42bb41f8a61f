import { channelConformance, gatewayConformance } from '@openclaw/testing'
import channel from '../src/channel.ts'
import gateway from '../src/gateway.ts'
import { takeAnswers } from './answers.ts'

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
