/** Entries that live in the process of their plugin. Nothing here is imported before the first of them. */
export type { AnyTool } from '../tools.ts'
export type { IsolatedEntry, Reach } from './connect.ts'
export { isolateProvider } from './provider.ts'
export { isolateTools, type AnyTools } from './tools.ts'
