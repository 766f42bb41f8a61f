import { closed } from '@openclaw/sdk'
import Type from 'typebox'

/** What one command may use. There is no option that opens the sandbox. */
export const config = closed({
  memoryMb: Type.Optional(
    Type.Integer({ minimum: 64, default: 1024, description: 'Address space of each process, and size of `/tmp`.' }),
  ),
  processes: Type.Optional(
    Type.Integer({ minimum: 8, maximum: 4096, default: 128, description: 'Processes and threads of one command.' }),
  ),
  fileMb: Type.Optional(Type.Integer({ minimum: 1, default: 1024, description: 'Largest file that it may write.' })),
  cpuSeconds: Type.Optional(
    Type.Integer({ minimum: 1, default: 1800, description: 'Processor time of each process.' }),
  ),
})
