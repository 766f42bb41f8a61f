import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { alone } from './alone.mjs'
import { couldNot } from './fetched.mjs'
import { at } from './paths.mjs'
import { run } from './run.mjs'
import { Plain, say, since } from './say.mjs'
import { manifests } from './workspace.mjs'

// The stamp stands inside node_modules, so that whoever deletes that deletes the claim with it.
const stamp = at('node_modules', '.openclaw-stamp')

/** Installs the locked dependencies when the lockfile or a manifest is another than at the last install. */
export async function ensureDependencies(env, pnpm) {
  const now = fingerprint()
  if (stale(now)) await alone(() => install(env, pnpm, now))
}

function stale(now) {
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== now
}

async function install(env, pnpm, now) {
  if (!stale(now)) return
  const started = Date.now()
  const result = await run(pnpm.file, ['install', '--frozen-lockfile', '--reporter', 'append-only'], { env })
  if (result.code !== 0) {
    if (/OUTDATED_LOCKFILE/.test(result.output)) {
      throw new Plain('pnpm-lock.yaml does not fit the package.json files. Run: pnpm install --no-frozen-lockfile')
    }
    throw new Plain(couldNot('the dependencies', tail(result.output)))
  }
  writeFileSync(stamp, now)
  say(`Installed the dependencies (${since(started)})`)
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(at(file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function tail(output) {
  return output
    .trim()
    .split('\n')
    .filter((line) => !/^(Progress|Packages|[+ ]*$|\[WARN\])/.test(line))
    .slice(-6)
    .join('\n')
}
