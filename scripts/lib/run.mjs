import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, windows } from './paths.mjs'

/**
 * Runs a program to its end with its output captured, and resolves whatever its exit code is.
 * `inherit: true` shows the output instead of capturing it.
 */
export function run(command, args, { cwd = root, env = process.env, inherit = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    child.stdout?.on('data', (data) => {
      stdout += data
      output += data
    })
    child.stderr?.on('data', (data) => (output += data))
    child.on('error', (error) => resolve({ code: 127, output: String(error.message), stdout: '' }))
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128 + (constants.signals[signal] ?? 0), output, stdout }),
    )
  })
}

/**
 * Runs npm, whichever way it is there: next to the running Node, or on the path.
 * On Windows npm is a `.cmd`, which only a shell can start; its JavaScript file needs none.
 */
export function npm(args, options = {}) {
  const file = npmFile()
  if (file) return run(options.node ?? process.execPath, [file, ...args], options)
  return run('npm', args, { ...options, shell: windows })
}

function npmFile() {
  const own = process.env.npm_execpath
  if (own && own.endsWith('npm-cli.js') && existsSync(own)) return own
  const bin = dirname(process.execPath)
  const beside = windows ? join(bin, 'node_modules') : join(dirname(bin), 'lib', 'node_modules')
  const file = join(beside, 'npm', 'bin', 'npm-cli.js')
  return existsSync(file) ? file : undefined
}

/**
 * Starts a program in the foreground: it owns the terminal, gets the signals that we get, and its end is ours.
 * A terminal sends ctrl-C to the whole group, so there SIGINT is not passed on a second time.
 */
export function become(command, args, { cwd = process.cwd(), env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
    const pass = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, pass)
    const orphaned = whenOrphaned(() => child.kill('SIGTERM'))
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(orphaned)
      for (const name of signals) process.off(name, pass)
      process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
      resolve(process.exitCode)
    })
  })
}

/**
 * npm runs us through a shell, and when npm is told to end it ends the shell alone: a gateway would run on that nobody
 * sees. So, under npm, the end of our parent is our end.
 */
function whenOrphaned(then) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  return setInterval(() => process.ppid !== parent && then(), 500)
}
