import { spawn } from 'node:child_process'

// The engine's own program: what one would put before a command without us.

/** Runs a program to its end without looking at what it prints. */
export async function run(argv: readonly string[], env = process.env): Promise<void> {
  const [program, ...words] = argv
  const child = spawn(program!, words, { stdio: ['pipe', 'ignore', 'inherit'], env })
  child.stdin.end()
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`)
}

/** The same limits by the options of the program. */
const closed = [
  ...['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--network=none', '--user=1000:1000'],
  ...['--memory=1g', '--memory-swap=1g', '--cpus=1', '--pids-limit=256', '--tmpfs=/tmp:mode=1777,size=256m'],
  ...['--env=PATH=/bin', '--log-driver=none'],
]

/** Makes a container of an image, which ends when it is removed. */
export const start = (name: string, image: string, env: NodeJS.ProcessEnv) =>
  run(['podman', 'run', '--detach', '--rm', '--name', name, ...closed, image, 'sleep', '3600'], env)

/** Runs a command in it. */
export const exec = (name: string, command: readonly string[], env: NodeJS.ProcessEnv) =>
  run(['podman', 'exec', '--interactive', name, ...command], env)
