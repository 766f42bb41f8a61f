/** Processes of plugins, for those who start one without a gateway around it. */
export { hostPlugin, type IsolatedPlugin } from './host.ts'
export type { PluginProgram } from './life.ts'
