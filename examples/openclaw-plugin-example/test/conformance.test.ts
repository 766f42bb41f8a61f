import { channelConformance, gatewayConformance, providerConformance, toolConformance } from '@openclaw/testing'
import channel from '../src/channel.ts'
import gateway from '../src/gateway.ts'
import provider from '../src/provider.ts'
import tools from '../src/tool.ts'
import { startPlatform } from './counterpart.ts'

toolConformance({ name: 'example', tools, cases: [{ tool: 'roll_dice', input: { count: 2 } }] })

// The parrot has nobody behind it that could fail.
providerConformance({
  name: 'example',
  provider,
  make: () => ({ config: {}, model: 'parrot' }),
  only: ['answers'],
})

gatewayConformance({ name: 'example', gateway, config: {}, requests: [{ path: '/', status: 200 }] })

channelConformance({ name: 'example', channel, start: startPlatform })
