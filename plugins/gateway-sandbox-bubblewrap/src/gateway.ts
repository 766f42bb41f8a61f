import { defineGateway, toFailure, type SandboxAnswer } from '@openclaw/sdk'
import { sandboxArgv, type Limits } from './argv.ts'
import { config } from './config.ts'
import { findPrograms, findSystem, runOnce, userOf } from './machine.ts'

/** How long it is believed that bubblewrap does not work here before it is tried again. */
const doubtMs = 30_000

/** Every command in a bubblewrap of its own. Nothing is kept between two commands but the workspace. */
export default defineGateway({
  id: 'sandbox-bubblewrap',
  config,
  setup({ config: { memoryMb = 1024, processes = 128, fileMb = 1024, cpuSeconds = 1800 }, clock, log }) {
    const limits: Limits = { memoryMb, processes, fileMb, cpuSeconds }
    const asRoot = process.getuid?.() === 0
    let works = false
    let doubt: { readonly reason: string; readonly until: number } | undefined

    return {
      sandbox: {
        // Containers have more limits, and are kept between commands.
        order: 'last',
        async open(_session, signal, { mounts }): Promise<SandboxAnswer> {
          if (process.platform !== 'linux') return { unavailable: 'bubblewrap is for Linux only' }
          if (doubt && clock.monotonic() < doubt.until) return { unavailable: doubt.reason }
          try {
            const programs = await findPrograms()
            const system = await findSystem()
            const argv = sandboxArgv({ programs, system, user: await userOf(mounts[0]!), asRoot, mounts, limits })
            // What a distribution forbids (user namespaces, mounts in a container) shows only when it is done.
            if (!works) await runOnce([...argv, 'true'], signal)
            works = true
            return { argv, root: mounts[0]!.target }
          } catch (thrown) {
            if (signal.aborted) throw thrown
            const reason = `bubblewrap does not work here: ${toFailure(thrown).message}`
            log.warn('no sandbox can be made', { reason })
            doubt = { reason, until: clock.monotonic() + doubtMs }
            return { unavailable: reason }
          }
        },
      },
    }
  },
})
