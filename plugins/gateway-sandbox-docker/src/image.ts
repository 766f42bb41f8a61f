import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { failure, toFailure, type Clock } from '@openclaw/sdk'
import type { Engine } from './engine.ts'

/** Told how far it is, in a few words. */
export type Report = (text: string) => void

/** The image that containers are made from. */
export interface Images {
  /** Its id, once it is there; builds or pulls it when it is not, once for all who wait. Each hears how far it is. */
  ready(engine: Engine, report: Report): Promise<string>
  /** Why the last try failed, for as long as it is not tried again. */
  readonly trouble: string | undefined
}

const ours = fileURLToPath(new URL('../image/Dockerfile', import.meta.url))
const tellEveryMs = 1000
const againMs = 60_000

/** Opens the image that is named, or that of a Dockerfile: ours when none is given. */
export function openImages({
  named,
  dockerfile = ours,
  clock,
}: {
  readonly named: string | undefined
  readonly dockerfile: string | undefined
  readonly clock: Clock
}): Images {
  const waiting = new Set<Report>()
  let work: Promise<string> | undefined
  let failed: { readonly reason: string; readonly until: number } | undefined
  let last: string | undefined
  const tell = (text: string) => {
    last = text
    for (const report of waiting) report(text)
  }

  async function make(engine: Engine): Promise<string> {
    const name = named ?? (await nameOf(dockerfile))
    const known = await idOf(engine, name)
    if (known !== undefined) return known
    const verb = named === undefined ? 'building' : 'pulling'
    tell(`${verb} the image ${name}; this happens once`)
    const stream = named === undefined ? await build(engine, dockerfile, name) : await engine.docker.pull(name)
    await follow(engine, stream as NodeJS.ReadableStream, (text) => tell(`${verb} ${name}: ${text}`), clock)
    const id = await idOf(engine, name)
    if (id === undefined) throw failure('unavailable', `${name} is not there although it was said to be made`)
    return id
  }

  return {
    get trouble() {
      return failed && clock.monotonic() < failed.until ? failed.reason : undefined
    },
    async ready(engine, report) {
      waiting.add(report)
      if (last !== undefined) report(last)
      try {
        return await (work ??= make(engine).finally(() => (last = undefined)))
      } catch (thrown) {
        work = undefined
        const reason = `the image ${named ?? 'of the sandbox'} cannot be had: ${toFailure(thrown).message}; name one that is here with \`openclaw config set plugins.sandbox-docker.config.image NAME\``
        failed = { reason, until: clock.monotonic() + againMs }
        throw failure('unavailable', reason)
      } finally {
        waiting.delete(report)
      }
    },
  }
}

/** Another file, another image. */
async function nameOf(dockerfile: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(dockerfile))
    .digest('hex')
  return `localhost/openclaw-sandbox:${digest.slice(0, 12)}`
}

const build = (engine: Engine, dockerfile: string, name: string) =>
  engine.docker.buildImage(
    { context: dirname(dockerfile), src: [basename(dockerfile)] },
    { t: name, dockerfile: basename(dockerfile), rm: true, forcerm: true },
  )

async function idOf({ docker }: Engine, name: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(name).inspect()).Id
  } catch (thrown) {
    if ((thrown as { statusCode?: number }).statusCode === 404) return undefined
    throw thrown
  }
}

interface Progress {
  readonly status?: string
  readonly stream?: string
  readonly error?: string
  readonly id?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
}

/** Follows a pull or a build to its end: how much of the layers is there, or the step it is at. */
function follow({ docker }: Engine, stream: NodeJS.ReadableStream, tell: Report, clock: Clock): Promise<void> {
  const layers = new Map<string, { readonly current: number; readonly total: number }>()
  let told = -Infinity
  return new Promise((resolve, reject) => {
    const hear = ({ status, stream: step, id, progressDetail }: Progress) => {
      if (id !== undefined && progressDetail?.total)
        layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total })
      if (clock.monotonic() - told < tellEveryMs) return
      told = clock.monotonic()
      const sum = (of: 'current' | 'total') => [...layers.values()].reduce((sofar, layer) => sofar + layer[of], 0)
      const text =
        layers.size > 0 ? `${Math.floor((100 * sum('current')) / sum('total'))} %` : (step ?? status ?? '').trim()
      if (text) tell(text.slice(0, 200))
    }
    docker.modem.followProgress(
      stream,
      (error, all: Progress[] | null) => {
        const wrong = error ?? all?.find((one) => one.error !== undefined)?.error
        if (wrong) reject(wrong instanceof Error ? wrong : new Error(wrong))
        else resolve()
      },
      hear,
    )
  })
}
