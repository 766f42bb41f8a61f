export { connectGateway, type GatewayClient, type GatewayClientOptions, type GatewayState } from './gateway.ts'
export {
  link,
  type CallOptions,
  type Contract,
  type Handle,
  type Incoming,
  type LinkOptions,
  type Serves,
  type Wire,
} from './link.ts'
export { raw } from './raw.ts'
export type { Gap } from './streams.ts'
export { inbox, linkedPair, type Transport } from './transport.ts'
export { webSocketTransport } from './websocket.ts'
