export * from './scripted.ts'
export * from './clock.ts'
export * from './platform.ts'
