/**
 * What those share who run the entries of plugins, the gateway, the agent and the process of a plugin: all give an entry
 * a scope and a store, and the two entries of one plugin must find the same values. Plugins import nothing from here.
 */
export { budget, guard, thinLog } from './guard.ts'
export { lightFetch } from './fetch.ts'
export { guardFetch, type Resolve } from './guarded-fetch.ts'
export { decodeName, encodeName } from './name.ts'
export { checkInput } from './problems.ts'
export { isRunner } from './runners.ts'
export { openScope, type OwnedScope, type ScopeClock } from './scope.ts'
export { openStore, type StoreFiles } from './store.ts'
export { markName, sweeper } from './sweep.ts'
export { borrowStream, fromBase64, lendStreams, toBase64, type Lender, type LentStreams } from './streams.ts'
