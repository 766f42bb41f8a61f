import { providerConformance } from '@openclaw/testing'
import provider from '../src/provider.ts'

providerConformance({
  name: 'offline',
  provider,
  module: new URL('../src/provider.ts', import.meta.url),
  make: () => ({ config: {}, model: 'assistant' }),
  // There is nothing on its other side that could go wrong, and only its own two tools are called.
  only: ['answers'],
})
