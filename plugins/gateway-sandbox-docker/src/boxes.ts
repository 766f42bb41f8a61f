import { randomBytes } from 'node:crypto'
import { failure, toFailure, type Clock, type Log, type SandboxInfo, type SandboxPlace } from '@openclaw/sdk'
import { erase, startBox, type Box, type Client } from './box.ts'
import type { Engine } from './engine.ts'
import type { Images, Report } from './image.ts'
import { ownerOf } from './owner.ts'
import { containerSpec, labels, type Limits } from './spec.ts'

/** The containers of this gateway, one for each key. */
export interface Boxes extends AsyncDisposable {
  /** From now on this is what the key stands for; the container of another spec is replaced. */
  place(place: SandboxPlace): void
  /** Runs a command in the container of a key, which is made when there is none. */
  run(key: string, argv: readonly string[], client: Client, report: Report): Promise<number>
  list(): SandboxInfo[]
  /** Ends one, or all that are idle for at least so long. Resolves with their names. */
  remove(which: { readonly key: string } | { readonly idleMs: number; readonly ageMs?: number }): Promise<string[]>
}

export interface BoxParts {
  readonly engine: () => Promise<Engine>
  readonly images: Images
  readonly gateway: string
  readonly limits: Limits
  /** What containers are made from, for people. */
  readonly from: string
  readonly clock: Clock
  readonly log: Log
}

export function openBoxes({ engine, images, gateway, limits, from, clock, log }: BoxParts): Boxes {
  const places = new Map<string, SandboxPlace>()
  const boxes = new Map<string, Promise<Box>>()
  const there = new Map<string, Box>()

  async function drop(key: string): Promise<string[]> {
    const box = there.get(key)
    if (!box) return []
    there.delete(key)
    boxes.delete(key)
    await box.remove()
    log.info('a container was removed', { name: box.name })
    return [box.name]
  }

  async function start(place: SandboxPlace, report: Report): Promise<Box> {
    const found = await engine()
    const image = await images.ready(found, report)
    const user = await ownerOf(place.mounts[0]!)
    const name = `openclaw-${slug(place.key)}-${randomBytes(4).toString('hex')}`
    const box = await startBox(
      found,
      containerSpec({ name, gateway, engine: found, image, place, user, limits }),
      clock,
    )
    there.set(place.key, box)
    box.gone.addEventListener('abort', () => {
      if (there.get(place.key) !== box) return
      there.delete(place.key)
      boxes.delete(place.key)
    })
    return box
  }

  /** The container that the key stands for at this moment. */
  function boxOf(place: SandboxPlace, report: Report): Promise<Box> {
    const { key } = place
    let box = boxes.get(key)
    if (!box) {
      box = start(place, report)
      boxes.set(key, box)
      box.catch(() => boxes.delete(key))
    }
    return box
  }

  return {
    place(place) {
      const before = places.get(place.key)
      places.set(place.key, place)
      if (before && JSON.stringify(before) !== JSON.stringify(place))
        void drop(place.key).catch((thrown) => log.warn('a container stays', { reason: toFailure(thrown).message }))
    },
    async run(key, argv, client, report) {
      const place = places.get(key)
      if (!place) throw failure('not_found', 'this sandbox was made by another gateway; ask again')
      const box = await boxOf(place, report)
      try {
        return await box.run(argv, client)
      } catch (thrown) {
        if (toFailure(thrown).code !== 'unavailable') throw thrown
        // A container that takes no command, e.g. one that is full of processes, is of no use to anybody.
        log.warn('a container is replaced', { name: box.name, reason: toFailure(thrown).message })
        await drop(key)
        return await (await boxOf(place, report)).run(argv, client)
      }
    },
    list: () =>
      [...there].map(([key, { name, busy, createdAt, usedAt }]) => ({
        key,
        name,
        busy,
        createdAt,
        usedAt,
        detail: from,
      })),
    async remove(which) {
      if ('key' in which) return await drop(which.key)
      const now = clock.now()
      const old = [...there].filter(
        ([, { busy, usedAt, createdAt }]) =>
          busy === 0 && (now - usedAt >= which.idleMs || now - createdAt >= (which.ageMs ?? Infinity)),
      )
      return (await Promise.all(old.map(([key]) => drop(key)))).flat()
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(boxes.values())
      await Promise.all([...there.keys()].map(drop))
    },
  }
}

/** Removes what an earlier process of this gateway left. */
export async function removeLeft({ docker }: Engine, gateway: string): Promise<void> {
  const filters = { label: [`${labels.gateway}=${gateway}`] }
  const left = await docker.listContainers({ all: true, filters })
  await Promise.all(left.map(({ Id }) => erase(docker.getContainer(Id))))
}

/** What of a key may stand in the name of a container. */
function slug(key: string): string {
  return key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(-32)
}
