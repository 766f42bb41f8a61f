import { gatewayConformance } from '@openclaw/testing'
import gateway from '../src/gateway.ts'

gatewayConformance({ name: 'sandbox-docker', gateway, config: {} })
