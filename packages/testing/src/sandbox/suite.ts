import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openWorkspaces, type CallWorkspace } from '@openclaw/agent'
import type { SandboxPlace } from '@openclaw/protocol'
import type { Sandboxing } from '@openclaw/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attacks, type Attack } from './attacks.ts'
import { layOut, type Prey } from './prey.ts'

/** What a sandbox gives its suite. */
export interface SandboxFixture {
  readonly name: string
  /** Sets the plugin up against the real thing, with at most 256 MB of memory and 64 processes. */
  open(): Promise<{ readonly sandboxing: Sandboxing } & AsyncDisposable>
}

/** How long one attack goes on. */
const attackMs = 15_000
/** All attacks of one kind, on a machine that has other things to do. */
const kindMs = 600_000
/** More processes than a confined command may have, with room for what others start meanwhile. */
const flood = 500

/**
 * Every known way out of a sandbox ({@link attacks}), through the same workspace that tools have; none may succeed. That
 * the attacks can succeed is shown beside it, on this machine itself.
 */
export function escapeSuite(fixture: SandboxFixture): void {
  describe(`sandbox: ${fixture.name}`, () => {
    let house: House
    beforeAll(async () => {
      house = await openHouse(fixture)
    }, kindMs)
    afterAll(() => house?.[Symbol.asyncDispose](), kindMs)

    for (const [kind, all] of Map.groupBy(attacks, (attack) => attack.kind))
      it(`S12: ${all.length} attacks by ${kind}: none succeeds`, { timeout: kindMs, retry: 0 }, async () => {
        const won: string[] = []
        for (const attack of all) won.push(...(await house.confined(attack)))
        expect(won).toEqual([])
      })

    it(
      'S8 S12: files are not read and not written through links that were made inside',
      { timeout: kindMs },
      async () => {
        await house.linksLeadNowhere()
      },
    )

    const harmless = attacks.filter(({ control }) => control)
    it(`${harmless.length} of the attacks succeed where there is no sandbox`, { timeout: kindMs }, async () => {
      const failed: string[] = []
      for (const attack of harmless) if ((await house.free(attack)).length === 0) failed.push(attack.name)
      expect(failed).toEqual([])
    })
  })
}

interface House extends AsyncDisposable {
  /** What an attack got from inside the sandbox. */
  confined(attack: Attack): Promise<string[]>
  /** What it gets on this machine. */
  free(attack: Attack): Promise<string[]>
  linksLeadNowhere(): Promise<void>
}

async function openHouse(fixture: SandboxFixture): Promise<House> {
  await using opening = new AsyncDisposableStack()
  const prey = opening.use(await layOut())
  const { sandboxing } = opening.use(await fixture.open())
  const workspaces = opening.use(openWorkspaces())
  const place = await makePlace(prey)
  const { signal } = new AbortController()

  async function attempt(attack: Attack, call: CallWorkspace): Promise<string[]> {
    using crowd = await watchCrowd()
    const { out, err } = await collect(call, shell(attack.script, prey.variables))
    await call.close()
    const said = out + err
    const won = [
      ...(/^ESCAPED$/m.test(out) ? ['it says so'] : []),
      ...(said.includes(prey.canary) ? ['it has the canary'] : []),
      ...(crowd.most > flood ? [`it has ${crowd.most} processes`] : []),
      ...(await prey.losses()),
    ]
    return won.map((what) => `${attack.kind}, ${attack.name}: ${what}`)
  }

  const plan = { root: place.mounts[0]!.folder, media: join(prey.folder, 'media') }
  const here = opening.use(workspaces.open({ run: 'free', session: 'free', plan }))
  async function inside(): Promise<CallWorkspace> {
    const answer = await sandboxing.open('agent:main:test:default:guest', signal, place)
    if ('unavailable' in answer) throw new Error(`the sandbox cannot be tested here: ${answer.unavailable}`)
    return workspaces.open({ run: 'r', session: 's', plan: { ...plan, sandbox: answer } }).forCall(signal)
  }

  const running = opening.move()
  return {
    confined: async (attack) => attempt(attack, await inside()),
    free: async (attack) => attempt(attack, here.forCall(signal)),
    async linksLeadNowhere() {
      const { SECRET, OUTSIDE } = prey.variables
      const call = await inside()
      await collect(call, shell(`rm -rf l d up; ln -s "$SECRET" l; ln -s "$OUTSIDE" d; ln -s / up`, prey.variables))
      for (const path of ['l', `up${SECRET}`, 'd/../secret', SECRET!, `../..${SECRET}`]) {
        await expect(call.read(path), path).rejects.toMatchObject({
          code: expect.stringMatching(/forbidden|not_found/),
        })
        await expect(
          call.stat(path).then((found) => found ?? Promise.reject(Object.assign(new Error(), { code: 'not_found' }))),
          path,
        ).rejects.toMatchObject({ code: expect.stringMatching(/forbidden|not_found/) })
      }
      for (const path of ['d/x', `up${OUTSIDE}/x`, `${OUTSIDE}/x`, `../..${OUTSIDE}/x`])
        await call.write(path, Buffer.from('x')).catch(() => {})
      await call.write('own/of/mine', Buffer.from('mine'))
      expect(Buffer.from(await call.read('own/of/mine')).toString()).toBe('mine')
      expect(await prey.losses()).toEqual([])
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A workspace to change, an agent's workspace to read, and a neighbour's folder that is hidden in it. */
async function makePlace({ folder }: Prey): Promise<SandboxPlace> {
  const own = join(folder, 'workspace')
  const agents = join(folder, 'agent')
  await mkdir(own, { recursive: true })
  await mkdir(join(agents, 'peers', 'neighbour'), { recursive: true })
  await writeFile(join(agents, 'AGENTS.md'), 'How you work.')
  return {
    key: 'agent:main:test:default:guest',
    agent: 'main',
    mounts: [
      { folder: own, target: '/workspace', access: 'rw', hidden: [] },
      { folder: agents, target: '/agent', access: 'ro', hidden: ['peers'] },
    ],
  }
}

function shell(script: string, variables: Readonly<Record<string, string>>): string[] {
  const set = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
  return ['sh', '-c', `${set.join('\n')}\n${script}`]
}

async function collect(call: CallWorkspace, argv: readonly string[]): Promise<{ out: string; err: string }> {
  const texts = { out: '', err: '' }
  for await (const piece of call.exec(argv, { timeoutMs: attackMs, signal: new AbortController().signal }))
    if ('bytes' in piece && texts[piece.stream].length < 2 ** 20)
      texts[piece.stream] += Buffer.from(piece.bytes).toString()
  return texts
}

/** How many processes this machine has more than at first, at most. */
async function watchCrowd(): Promise<{ readonly most: number } & Disposable> {
  const count = async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).length
  const before = await count()
  let most = 0
  const look = setInterval(() => void count().then((now) => (most = Math.max(most, now - before))), 200)
  return {
    get most() {
      return most
    },
    [Symbol.dispose]: () => clearInterval(look),
  }
}
