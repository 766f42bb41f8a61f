import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineGateway, toFailure, type SandboxAnswer, type Store } from '@openclaw/sdk'
import { openBoxes, removeLeft } from './boxes.ts'
import { config } from './config.ts'
import { openDoor, type Door } from './door.ts'
import { findEngine, type Engine } from './engine.ts'
import { openImages } from './image.ts'
import { writeProfile } from './system-calls.ts'

/** How long it is believed that no engine is here before it is looked for again. */
const doubtMs = 30_000
/** How often containers are looked at that nobody uses. */
const pruneMs = 60_000

/** Tools in containers: one for each key, kept between commands. */
export default defineGateway({
  id: 'sandbox-docker',
  config,
  async setup({ config, clock, log, signal, store, use, defer }) {
    const { engine: named, image, network = 'none', memoryMb = 1024, tmpMb = 256, cpus = 1, processes = 256 } = config
    const { idleMinutes = 30, maxAgeHours = 24 } = config
    const gateway = await ownId(store)
    const images = openImages({ named: image, dockerfile: config.dockerfile, clock })
    let engine: Promise<Engine> | undefined
    let doubt: { readonly reason: string; readonly until: number } | undefined
    let door: Promise<Door> | undefined

    /** The engine, from the first time that it is needed. */
    function reach(): Promise<Engine> {
      return (engine ??= (async () => {
        const found = await findEngine(named)
        await removeLeft(found, gateway)
        await store.set('used', Buffer.from('yes'))
        const profile = found.podman ? await writeProfile() : undefined
        return profile ? { ...found, systemCalls: use(profile, 'filter of system calls').path } : found
      })().catch((thrown) => {
        engine = undefined
        throw thrown
      }))
    }

    const from = image ?? config.dockerfile ?? 'the image of OpenClaw'
    const limits = { network, memoryMb, tmpMb, cpus, processes }
    const boxes = use(openBoxes({ engine: reach, images, gateway, limits, from, clock, log }), 'containers')
    defer(async () => (await door)?.[Symbol.asyncDispose](), 'socket for commands')

    async function prune() {
      while (!signal.aborted) {
        await clock.sleep(pruneMs, signal)
        await boxes.remove({ idleMs: idleMinutes * 60_000, ageMs: maxAgeHours * 3_600_000 })
      }
    }
    prune().catch((thrown) => {
      if (!signal.aborted) log.warn('containers are not pruned', { reason: toFailure(thrown).message })
    })
    // A container ends with its gateway; what an engine kept all the same is removed as soon as it can be.
    if (await store.get('used')) void reach().catch(() => {})

    return {
      sandbox: {
        async open(_session, _signal, place): Promise<SandboxAnswer> {
          if (images.trouble !== undefined) return { unavailable: images.trouble }
          if (doubt && clock.monotonic() < doubt.until) return { unavailable: doubt.reason }
          try {
            const found = await reach()
            void images.ready(found, (text) => log.info(text)).catch((thrown) => log.warn(toFailure(thrown).message))
          } catch (thrown) {
            if (signal.aborted) throw thrown
            doubt = { reason: toFailure(thrown).message, until: clock.monotonic() + doubtMs }
            return { unavailable: doubt.reason }
          }
          boxes.place(place)
          const { path } = await (door ??= openDoor(boxes.run))
          return { argv: [process.execPath, relay, path, place.key], root: place.mounts[0]!.target }
        },
        list: async () => boxes.list(),
        remove: (key) => boxes.remove(key === undefined ? { idleMs: 0 } : { key }),
      },
    }
  },
})

/** Beside this module, from source and as it is published. */
const relay = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './relay.ts' : './relay.js', import.meta.url))

/** By which containers are known as this gateway's: a machine may have several. */
async function ownId(store: Store): Promise<string> {
  const known = await store.get('id')
  if (known) return Buffer.from(known).toString()
  const id = randomUUID()
  await store.set('id', Buffer.from(id))
  return id
}
