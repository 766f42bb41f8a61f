import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAllowlist } from '@openclaw/testing'
import { discordEmulator } from '@openclaw/testing/discord'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { expect, it } from 'vitest'
import { models } from '../../providers/models.ts'
import { serveVendors } from '../../providers/vendors.ts'
import { connect, openclaw, startGateway, temporaryHome, until, type GatewayProcess } from '../gateway.ts'
import { asks, openBrain, summarising } from './brain.ts'
import { furnishDay } from './home.ts'
import { openPerson, patienceMs } from './people.ts'
import { serveSite } from './site.ts'
import { command, everyTool, remind, sendChild, spawn } from './tools.ts'
import { answeredBy, countUsage, judgeDay, summaries, timesSaid, toolsDone } from './verdict.ts'

it(
  'R1 R2 R3 R4 R7 R8 R9 R10 L7: a day of two agents, four vendors and every tool, with the gateway killed five times',
  { timeout: 900_000 },
  async () => {
    await using open = new AsyncDisposableStack()
    const home = open.use(await temporaryHome()).path
    const brain = openBrain()
    const vendors = open.use(await serveVendors(brain.reply))
    const site = open.use(await serveSite())
    const telegram = open.use(await telegramEmulator())
    const discord = open.use(await discordEmulator())
    await furnishDay(home, { vendors, site: site.url, telegram, discord })
    const olga = openPerson(telegram, 0, 'owner', telegram.people[0])
    const ada = openPerson(telegram, 1, 'member', telegram.people[1])
    const otto = openPerson(discord, 2, 'owner', discord.people[0])
    const anna = openPerson(discord, 3, 'member', discord.people[1])
    await writeAllowlist(home, 'telegram', { [olga.id]: 'owner', [ada.id]: 'member' })
    await writeAllowlist(home, 'discord', { [otto.id]: 'owner', [anna.id]: 'member' })

    const start = () => startGateway(home, { MODEL_KEY: 'k' })
    let gateway: GatewayProcess = await start()
    open.defer(() => gateway[Symbol.asyncDispose]())
    let kills = 0
    async function kill() {
      await gateway.kill()
      kills++
      gateway = await start()
    }
    async function call<T>(work: (client: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> {
      await using client = await connect(home, gateway.address)
      return await work(client)
    }
    const talk = (count: number, ...people: readonly (typeof olga)[]) =>
      Promise.all(people.map((person) => person.talk(count)))
    const tools = () => call(async (client) => (await client.call('tools.list', {})).tools.map(({ name }) => name))
    // What an MCP server has is known once it has said so.
    await until(async () => (await tools()).includes('mcp_echo'), patienceMs)

    // A morning of small talk.
    const morning = talk(11, olga, ada, otto, anna)
    await until(async () => vendors.given.length > 20, patienceMs)
    await kill()
    await morning

    // Every tool that asks nobody, each in a run of its own; then a command, whose question outlives a kill.
    for (const one of everyTool(site.url)) await olga.ask(asks.use(one))
    const ran = olga.ask(asks.use(command))
    const question = await olga.sees(({ choices }) => choices.length > 0)
    const others = talk(9, ada, otto, anna)
    await kill()
    await telegram.clicks!(question.message, question.choices[0]!.id, olga.id)
    await Promise.all([ran, others])
    const asked = otto.ask(asks.use(command))
    await otto.sees(({ text }) => text.includes('May I?'))
    const { text: waiting } = await otto.type('/approve', /echo ran/)
    await otto.type(`/approve ${/\w{6}/.exec(waiting)![0]}`, /Allowed/)
    await asked

    // A sub-agent at noon, killed while it works; then another task for it.
    const working = brain.hold((said) => said === 'find1')
    await olga.ask(asks.use(spawn('find1')))
    await working.asked
    const noon = talk(9, ada, otto, anna)
    await kill()
    working.end()
    await olga.sees(({ text }) => text === 'I noted find1.')
    await noon
    await olga.ask(asks.use(sendChild('find2')))
    await olga.sees(({ text }) => text === 'I noted find2.')

    // A reminder at tea time, killed while the agent thinks of what to say.
    const thinking = brain.hold((said) => said.includes('is due'))
    await olga.ask(asks.use(remind('remind1')))
    await thinking.asked
    const tea = talk(9, ada, otto, anna)
    await kill()
    thinking.end()
    await olga.sees(({ text }) => text === 'I noted remind1.')
    await tea

    // Another model and back, in the middle of a conversation with thinking and calls; then vendors that have no time.
    const look = asks.use({ tool: 'list', input: {} })
    const switches: [string, string][] = []
    for (const [person, own, other] of [
      [olga, models.anthropic, models.responses],
      [otto, models.chat, models.gemini],
    ] as const) {
      await person.type(`/model ${other}`, /from now on/)
      await person.ask(look)
      switches.push([person.mark, other])
      await person.type('/model default', /again/)
      await person.ask(look)
      switches.push([person.mark, own])
    }
    await ada.ask(asks.limited)
    await anna.ask(asks.limited)
    switches.push([ada.mark, models.gemini], [anna.mark, models.responses])
    await anna.ask(asks.loop, /the run was ended: it called list 5 times/)

    // Summaries: by hand, because a model refused, and because it would not fit any more, killed in its middle.
    await olga.type('/compact', /Summarised\./)
    await otto.ask(asks.tooLong)
    const summing = brain.hold((said) => said === summarising)
    const long = (async () => {
      while (!summaries(home).some((session) => session.endsWith(ada.id))) await ada.ask(asks.say(12_000))
    })()
    await summing.asked
    const evening = talk(9, olga, otto, anna)
    await kill()
    summing.end()
    await Promise.all([long, evening])
    await talk(4, olga, ada, otto, anna)

    const usage = await until(
      () =>
        call(async (client) => {
          const { owed } = await client.call('status', {})
          return owed.accepts === 0 && owed.deliveries === 0 && client.call('usage.get', {})
        }),
      patienceMs,
    )
    const offered = await tools()
    const cron = await openclaw(home, 'cron', 'history', 'tea', '--json')
    await gateway[Symbol.asyncDispose]()

    // Journals verify, nothing is lost and nothing doubled.
    expect((await openclaw(home, 'sessions', 'verify', '--json')).code).toBe(0)
    const day = {
      home,
      vendors,
      kills,
      places: [
        { people: [olga, ada], delivery: 'at-least-once' as const },
        { people: [otto, anna], delivery: 'effectively-once' as const },
      ],
    }
    expect(kills).toBe(5)
    expect(judgeDay(day)).toEqual([])
    expect([timesSaid(home, /find1/), timesSaid(home, /find2/), timesSaid(home, /is due/)]).toEqual([3, 3, 1])
    expect(telegram.sees().filter(({ text }) => text === 'aside')).toHaveLength(1)
    for (const workspace of ['workspace', 'workspaces/work'])
      expect(await readFile(join(home, workspace, 'ran.log'), 'utf8')).toBe('ran\n')
    expect(JSON.parse(cron.out)).toMatchObject({ runs: [{ status: 'answered' }] })
    expect(new Set(summaries(home)).size).toBeGreaterThanOrEqual(3)
    // Every request was one that its vendor takes, and the right models answered.
    expect(vendors.problems).toEqual([])
    expect(switches.map(([mark]) => [mark, answeredBy(home, mark)])).toEqual(
      switches.map(([mark, model]) => [mark, [model]]),
    )
    expect(offered.filter((name) => !toolsDone(home).includes(name))).toEqual([])
    // Usage adds up: what the vendors counted is what stands there, but for answers that a kill cut off.
    const { total, unknown, lost } = countUsage(day)
    expect(unknown).toEqual([])
    expect(usage.total).toMatchObject({ ...total, costUsd: expect.closeTo(total.costUsd, 9) as number })
    expect(usage.total.runs).toBeGreaterThanOrEqual(200)
    expect(lost.length).toBeLessThanOrEqual(kills * 6)
  },
)
