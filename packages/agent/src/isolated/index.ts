export { isolateProvider } from './provider.ts'
export { isolateTools } from './tools.ts'
