import { servePlugin } from '../../src/isolation/child/process.ts'

/** The process of a plugin in these tests: installed ones from their files, and the fixtures as if they came with the program. */
await servePlugin({
  bundled: {
    'line/channel': () => import('./fixture/channel.ts'),
    'line/config': () => import('./fixture/config.ts'),
    'desk/gateway': async () => ({ default: (await import('./fixture/gateway.ts')).desk }),
    'shop/tool': async () => ({ default: (await import('./fixture/shop.ts')).tools }),
    'shop/provider': async () => ({ default: (await import('./fixture/shop.ts')).provider }),
    'shop/config': async () => ({ config: (await import('./fixture/shop.ts')).provider.config }),
    'guard/gateway': async () => ({ default: (await import('./fixture/gateway.ts')).guard }),
  },
})
