/**
 * What crosses the wire to the process of a plugin, for both sides of it. Nothing here is imported before the first
 * plugin that has such a process. Plugins import nothing from here.
 */
export { checkParams, openChecks, type Check } from './checks.ts'
export { packRequest, unpackRequest } from './request.ts'
export { remoteStore, serveStore } from './store.ts'
export * from './wire.ts'
