import { servePlugin } from '@openclaw/kernel/plugin-process'
import { pluginModules } from './bundled.ts'

// Is the process of one plugin: a program of its own, so that nothing of the command line is loaded into it.
await servePlugin({ bundled: pluginModules })
