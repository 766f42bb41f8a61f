import { npm } from './run.mjs'
import { Plain, say } from './say.mjs'

/** Publishes packed packages to one registry, in the order given; a version that is there already is passed over. */
export async function publish(packed, registry, { env, dryRun }) {
  await reach(registry)
  let published = 0
  for (const { name, version, file } of packed) {
    const there = await npm(['view', `${name}@${version}`, 'version', '--registry', registry, '--loglevel', 'silent'], {
      env,
    })
    if (there.code === 0 && there.stdout.trim() === version) {
      say(`${name}@${version} is there already`)
      continue
    }
    const flags = [
      '--registry',
      registry,
      '--access',
      'public',
      '--loglevel',
      'error',
      ...(dryRun ? ['--dry-run'] : []),
    ]
    const result = await npm(['publish', file, ...flags], { env })
    if (result.code !== 0)
      throw new Plain(`${name}@${version} could not be published to ${registry}.\n${result.output.trim()}`)
    say(`${dryRun ? 'would publish' : 'published'} ${name}@${version}`)
    published++
  }
  return published
}

/** npm asks a registry that is not there for minutes, and for every package again. */
async function reach(registry) {
  await fetch(registry, { signal: AbortSignal.timeout(15_000) }).catch((error) => {
    throw new Plain(`${registry} does not answer (${error.cause?.message || error.message}). Nothing was published.`)
  })
}
