#!/usr/bin/env node
// The door of OpenClaw. Plain JavaScript for any Node from 18 on: it answers --version itself, hands over to the Node
// that `npm start` brought where the running one is too old, and else imports the program.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const oldest = 24
const args = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${JSON.parse(readFileSync(here('../package.json'), 'utf8')).version}\n`)
} else if (Number(process.versions.node.split('.')[0]) < oldest) {
  await handOver()
} else {
  await start()
}

/** Imports the bundle; in a clone that was not bundled yet, the sources. */
async function start() {
  if (existsSync(here('../dist/main.js'))) return import('../dist/main.js')
  if (!existsSync(here('../src/main.ts')))
    return give('This installation of openclaw is not whole: dist/main.js is missing. Install it again.')
  if (!process.features.typescript) return give(inClone())
  try {
    await import('../src/main.ts')
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
    give(inClone())
  }
}

/** Runs the same command with the Node that `npm start` brought into the clone, or says where to get one. */
async function handOver() {
  const node = brought()
  if (!node) {
    const clone = existsSync(here('../src/main.ts'))
    return give(
      `OpenClaw needs Node ${oldest} or newer; this is Node ${process.versions.node}. ${clone ? inClone() : 'Install it from https://nodejs.org, or start with: npx -p node@24 -p openclaw openclaw'}`,
    )
  }
  const [{ spawn }, { constants }] = await Promise.all([import('node:child_process'), import('node:os')])
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to the whole group, so only there it reaches the child without us.
  const pass = (signal) => (signal !== 'SIGINT' || !process.stdin.isTTY) && child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass)
  child.on('error', (error) =>
    give(`${node} does not start (${error.message}). Delete the folder .cache/node of the clone and run: npm start`),
  )
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}

/** The program of the Node in `.cache/node` of the clone that this file stands in, if there is one. */
function brought() {
  const folder = here('../../../.cache/node/node_modules/')
  if (!existsSync(folder)) return undefined
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return readdirSync(folder)
    .filter((name) => name.startsWith('node-'))
    .map((name) => `${folder}${name}/bin/${file}`)
    .find((path) => existsSync(path))
}

function inClone() {
  return 'Run this first, in the folder of the clone: npm start'
}

function give(message) {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
