import { join } from 'node:path'
import { Address } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'
import { fits } from '../config/fits.ts'
import type { JsonSchema } from '../config/json-schema.ts'
import type { Platform } from '../platform.ts'

const Beat = Type.Object({
  at: Type.Number({ description: 'When it beat last, or when the counting began.' }),
  pending: Type.Optional(
    Type.Object(
      { session: Type.String(), to: Type.Optional(Address) },
      { description: 'The beat whose answer is still to be dealt with.' },
    ),
  ),
})
const Beats = Type.Object({ agents: Type.Record(Type.String(), Beat) })
/** The last beat of an agent. */
export type Beat = Static<typeof Beat>

/** The last beats of all agents, in `state/heartbeat.json`: what was begun before a restart is not begun again. */
export interface Beats {
  get(agent: string): Beat | undefined
  /** Resolves when it is on the disk; rejects when the disk refuses, and then it is as before. */
  save(agent: string, beat: Beat): Promise<void>
}

/** Opens the record; a file that cannot be read counts as none, so that the next beat is one interval away. */
export async function openBeats({
  home,
  platform,
  log,
}: {
  home: string
  platform: Platform
  log: Log
}): Promise<Beats> {
  const { files } = platform
  const file = join(home, 'state', 'heartbeat.json')
  let beats: Record<string, Beat> = {}
  try {
    const found: unknown = JSON.parse((await files.readText(file)) ?? '{"agents":{}}')
    if (!fits(Beats as unknown as JsonSchema, found)) throw new Error('it is of another form')
    beats = (found as Static<typeof Beats>).agents
  } catch (error) {
    log.warn(`${file} cannot be read, so heartbeats are counted from now`, { error: String(error) })
  }
  let saving: Promise<void> = Promise.resolve()
  return {
    get: (agent) => (Object.hasOwn(beats, agent) ? beats[agent] : undefined),
    save(agent, beat) {
      const saved = saving.then(async () => {
        const next = { ...beats, [agent]: beat }
        await files.replace(file, `${JSON.stringify({ version: 1, agents: next })}\n`)
        beats = next
      })
      saving = saved.catch(() => {})
      return saved
    },
  }
}
