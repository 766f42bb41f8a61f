import { servePlugin } from '@openclaw/kernel/plugin-process'

// Is the process of one plugin: what the gateway starts for a plugin that is not ours, with the modules of its tests.
await servePlugin()
