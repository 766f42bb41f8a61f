export { link, type CallOptions, type Contract, type Handle, type Incoming, type LinkOptions, type Serves, type Wire } from './link.ts'
export { raw } from './raw.ts'
export { inbox, linkedPair, type Transport } from './transport.ts'
