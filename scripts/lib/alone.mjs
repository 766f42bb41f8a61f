import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cache } from './paths.mjs'
import { say } from './say.mjs'

const lock = join(cache, 'lock')

/**
 * Runs `body` while no other script in this clone runs one: two terminals may start at once, and both would fetch and
 * build into the same folders. Whoever waited finds the work done, so `body` looks again before it does any.
 */
export async function alone(body) {
  for (let told = false; !take(); told = true) {
    if (!told) say('Waiting for another script in this folder')
    await sleep(100)
  }
  try {
    return await body()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take() {
  mkdirSync(cache, { recursive: true })
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (abandoned()) rmSync(lock, { force: true })
    return false
  }
}

/** A holder that was killed left its file behind. One that is just being made is still empty. */
function abandoned() {
  const stat = statSync(lock, { throwIfNoEntry: false })
  if (!stat) return false
  const pid = Number(read())
  if (!pid) return Date.now() - stat.mtimeMs > 5000
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function read() {
  try {
    return readFileSync(lock, 'utf8')
  } catch {
    return ''
  }
}
