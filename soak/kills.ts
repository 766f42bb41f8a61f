import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Plain, say } from '../scripts/lib/say.mjs'
import { killHarness } from '../test/e2e/channels/kill-harness.ts'
import { judge, type Verdict } from '../test/e2e/channels/oracle.ts'
import { places } from '../test/e2e/channels/places.ts'

type Where = keyof typeof places

/** What `pnpm soak --kills` ends with. */
export interface Kills {
  readonly kills: number
  readonly messages: number
  readonly lost: number
  readonly doubled: number
  readonly wrongRecipient: number
  readonly seed: number
}

/** One home, and the kills that its gateway suffers. */
interface Round {
  readonly where: Where
  readonly kills: number
  readonly seed: number
}

const messagesPerKill = 10
/** A home that was killed more often would say little more, and take longer to look at. */
const killsPerRound = 16

/** Kills gateways while people write to them: from one place, or from all in turn, as many at a time as there are cores. */
export async function soakKills(plan: {
  readonly kills: number
  readonly seed: number
  readonly on?: string | undefined
}): Promise<{ readonly line: Kills; readonly broken: boolean }> {
  const { kills, seed, on } = plan
  const names = Object.keys(places) as Where[]
  const wanted = names.filter((name) => on === undefined || name === on)
  if (wanted.length === 0) throw new Plain(`nobody writes from "${on}"; --on knows: ${names.join(', ')}`)
  const rounds = roundsOf(wanted, kills, seed)
  const found: Verdict[] = []
  let done = 0
  await inTurns(rounds, async (round) => {
    const verdict = await run(round)
    found.push(verdict)
    done += round.kills
    const wrong = [...verdict.lost, ...verdict.doubled, ...verdict.wrongRecipient, ...verdict.other]
    say(`${done} of ${kills} kills: ${round.where}, ${wrong.length === 0 ? 'nothing lost' : `${wrong.length} broken`}`)
  })
  const count = (kind: keyof Verdict) => found.reduce((sum, verdict) => sum + verdict[kind].length, 0)
  const line = {
    kills,
    messages: kills * messagesPerKill,
    lost: count('lost'),
    doubled: count('doubled'),
    wrongRecipient: count('wrongRecipient'),
    seed,
  }
  return { line, broken: line.lost + line.doubled + line.wrongRecipient + count('other') > 0 }
}

/** The kills, spread over places and homes. The first round has the seed itself, so that it can be had alone. */
function roundsOf(wanted: readonly Where[], kills: number, seed: number): readonly Round[] {
  const rounds: Round[] = []
  for (let left = kills; left > 0;) {
    const at = rounds.length % wanted.length
    const share = Math.min(left, killsPerRound, Math.max(1, Math.ceil(kills / wanted.length)))
    rounds.push({ where: wanted[at]!, kills: share, seed: seed + rounds.length })
    left -= share
  }
  return rounds
}

async function run({ where, kills, seed }: Round): Promise<Verdict> {
  const home = await mkdtemp(join(tmpdir(), `openclaw-soak-${where}-`))
  const killedAt: string[] = []
  const tell = (sentences: readonly string[]) =>
    say(
      [
        `${where}, killed at ${killedAt.join('; ')}:`,
        ...sentences.map((one) => `  ${one}`),
        `its home is kept in ${home}; the same again: pnpm soak --kills ${kills} --seed ${seed} --on ${where}`,
      ].join('\n'),
    )
  try {
    const plan = { messages: kills * messagesPerKill, kills, seed, died: (at: string) => killedAt.push(at) }
    const verdict = judge(await killHarness(await places[where](), home, plan))
    const wrong = Object.values(verdict).flat() as string[]
    if (wrong.length > 0) tell(wrong)
    else await rm(home, { recursive: true, force: true, maxRetries: 5 })
    return verdict
  } catch (error) {
    // What is still owed after so long counts as lost.
    const sentence = `R1: not everything was answered in time: ${(error as Error).message}`
    tell([sentence])
    return { lost: [sentence], doubled: [], wrongRecipient: [], other: [] }
  }
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const turn = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, turn))
}
