import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Gateway } from '@openclaw/sdk'
import { setUpSandbox, startPodman, type Podman } from '@openclaw/testing/sandbox'
import * as engine from './baseline/engine.ts'
import { asPublished } from './lib/published.ts'
import { median, report } from './lib/report.ts'

// What a sandbox costs, as the agent has it: a container from nothing to the end of its first command, with its image
// there (warm) and to be built from a Dockerfile (cold), and a command in a running one. Beside the engine's own program.

const rounds = 9
const colds = 3
const commands = 60
const command = ['true']
const plugin = join(import.meta.dirname, '../plugins/gateway-sandbox-docker')

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** A gateway with the plugin, in which every call of `prefix` is about another sandbox. */
async function open(gateway: Gateway, { engine: socket }: Podman, folder: string, image: object) {
  const entry = await setUpSandbox(gateway, { engine: socket, ...image })
  let keys = 0
  return {
    async prefix(): Promise<readonly string[]> {
      const key = `bench-${keys++}`
      const own = join(folder, key)
      await mkdir(own, { recursive: true })
      const mounts = [{ folder: own, target: '/workspace', access: 'rw' as const, hidden: [] }]
      const answer = await entry.sandboxing.open(key, new AbortController().signal, { key, agent: 'main', mounts })
      if ('unavailable' in answer) throw new Error(answer.unavailable)
      return answer.argv
    },
    [Symbol.asyncDispose]: () => entry[Symbol.asyncDispose](),
  }
}

const folder = await mkdtemp(join(tmpdir(), 'openclaw-bench-'))
try {
  await using podman = await startPodman()
  const entry = join(await asPublished(plugin), 'gateway.js')
  const { default: gateway } = (await import(pathToFileURL(entry).href)) as { default: Gateway }
  await using warm = await open(gateway, podman, folder, { image: podman.image })
  const times = { warm: [], exec: [], cold: [], bareWarm: [], bareExec: [], bareCold: [] } as Record<string, number[]>
  const prefix = await warm.prefix()
  await engine.run([...prefix, ...command])
  await engine.start('bare', podman.image, podman.env)
  for (let at = 0; at < rounds; at++) {
    times['warm']!.push(await timed(async () => engine.run([...(await warm.prefix()), ...command])))
    times['bareWarm']!.push(
      await timed(async () => {
        await engine.start(`bare-${at}`, podman.image, podman.env)
        await engine.exec(`bare-${at}`, command, podman.env)
      }),
    )
  }
  for (let at = 0; at < commands; at++) {
    times['exec']!.push(await timed(() => engine.run([...prefix, ...command])))
    times['bareExec']!.push(await timed(() => engine.exec('bare', command, podman.env)))
  }
  for (let at = 0; at < colds; at++) {
    const dockerfile = join(folder, `Dockerfile-${at}`)
    const text = (who: string) => `FROM ${podman.image}\nENV ROUND=${who}-${at}\n`
    await writeFile(dockerfile, text('ours'))
    await using cold = await open(gateway, podman, folder, { dockerfile })
    times['cold']!.push(await timed(async () => engine.run([...(await cold.prefix()), ...command])))
    await writeFile(dockerfile, text('bare'))
    times['bareCold']!.push(
      await timed(async () => {
        await engine.run(
          ['podman', 'build', '--quiet', '--tag', `bare:${at}`, '--file', dockerfile, folder],
          podman.env,
        )
        await engine.start(`cold-${at}`, `localhost/bare:${at}`, podman.env)
        await engine.exec(`cold-${at}`, command, podman.env)
      }),
    )
  }
  const figure = (name: string, bare: string) => ({
    value: median(times[name]!),
    unit: 'ms',
    baseline: median(times[bare]!),
  })
  report('sandbox', {
    warmStartMs: figure('warm', 'bareWarm'),
    execP50: figure('exec', 'bareExec'),
    coldStartMs: figure('cold', 'bareCold'),
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}
