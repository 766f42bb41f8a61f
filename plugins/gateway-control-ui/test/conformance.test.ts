import { gatewayConformance } from '@openclaw/testing'
import gateway from '../src/gateway.ts'

gatewayConformance({
  name: 'control-ui',
  gateway,
  config: {},
  requests: [
    { path: '', status: 308 },
    { path: '/', status: 200 },
    { path: '/index.html', status: 200 },
    { path: '/icon.svg', status: 200 },
    { path: '/assets/none.js', status: 404 },
    { path: '/../src/gateway.ts', status: 404 },
  ],
})
