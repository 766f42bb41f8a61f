export * from './scripted.ts'
