/**
 * What those share who run the entries of plugins, the gateway and the agent: both give an entry a scope and a store,
 * and the two entries of one plugin must find the same values. Plugins import nothing from here.
 */
export { guardFetch, type Resolve } from './guarded-fetch.ts'
export { decodeName, encodeName } from './name.ts'
export { openScope, type OwnedScope, type ScopeClock } from './scope.ts'
export { openStore, type StoreFiles } from './store.ts'
