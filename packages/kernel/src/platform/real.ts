import type { Platform } from '../platform.ts'
import { realClock } from './clock.ts'
import { realFiles } from './files.ts'
import { realProcesses } from './processes.ts'
import { realRandom } from './random.ts'

/** This machine: its time, disk, randomness and programs, and the environment as it is now. */
export function realPlatform(): Platform {
  const clock = realClock()
  return {
    clock,
    files: realFiles(),
    random: realRandom(() => clock.now()),
    processes: realProcesses(),
    env: { ...process.env },
  }
}
