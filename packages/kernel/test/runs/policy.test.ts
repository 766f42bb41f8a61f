import { toolGroups, toolProfiles, type Config } from '@openclaw/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPolicy, readPolicy, ruleFits, type Whose } from '../../src/runs/policy.ts'

const whose = (more: Partial<Whose> = {}): Whose => ({
  agents: ['main'],
  channels: ['telegram'],
  senders: [],
  sessions: ['agent:main:telegram:default:4711'],
  ...more,
})
const tools = [...Object.values<readonly string[]>(toolGroups).flat(), 'github_issue'].map((name) => ({
  name,
  plugin: name === 'github_issue' ? 'mcp' : 'own',
}))

/** Names of the tools that are left. */
function left(config: Config, who = whose()): string[] {
  const judge = openPolicy(() => config)(() => who)
  return tools.filter((tool) => !judge(tool)).map(({ name }) => name)
}

describe('a stage', () => {
  it.each(Object.entries(toolProfiles))('with the profile %s leaves its tools only', (name, rules) => {
    const profile = name as keyof typeof toolProfiles
    const fits = tools.filter((tool) => rules.some((rule) => ruleFits(rule)(tool)))
    expect(left({ tools: { profile } })).toEqual(fits.map((tool) => tool.name))
    expect(left({ tools: { profile } }).includes('bash')).toBe(name === 'coding' || name === 'full')
  })

  it('leaves what is allowed and not denied, by name, group, plugin or pattern, whatever the case', () => {
    expect(left({ tools: { allow: ['group:web', 'BASH*'], deny: ['web_fetch'] } })).toEqual([
      'bash',
      'bash_job',
      'web_search',
    ])
    expect(left({ tools: { allow: ['plugin:mcp'] } })).toEqual(['github_issue'])
    expect(left({ tools: { allow: [] } })).toEqual([])
    expect(left({ tools: { profile: 'minimal', allow: ['*'] } })).toEqual(['session_status'])
    expect(left({ tools: { profile: 'full', allow: ['bash'], deny: ['group:runtime'] } })).toEqual([])
  })
})

describe('the stages', () => {
  const all: Config = {
    tools: { deny: ['gateway'] },
    agents: { main: { tools: { deny: ['cron'] } }, other: { tools: { deny: ['message'] } } },
    channels: {
      telegram: { tools: { deny: ['bash'] }, toolsBySender: { mia: { deny: ['read'] }, '*': { deny: ['write'] } } },
      irc: { tools: { deny: ['edit'] }, toolsBySender: { mia: { deny: ['grep'] } } },
    },
    sessions: {
      tools: {
        'agent:main:telegram:default:4711': { deny: ['glob'] },
        'agent:*:group:*': { deny: ['list'] },
      },
    },
  }
  const gone = (who?: Whose) => tools.map(({ name }) => name).filter((name) => !left(all, who).includes(name))

  it('are those of all, of the agent, the channel, the sender and the session', () => {
    expect(gone()).toEqual(['glob', 'bash', 'cron', 'gateway'])
    expect(gone(whose({ senders: ['telegram/default/mia'], sessions: [] }))).toEqual([
      'read',
      'bash',
      'cron',
      'gateway',
    ])
    expect(gone(whose({ senders: ['telegram/default/bo'], sessions: [] }))).toEqual([
      'write',
      'bash',
      'cron',
      'gateway',
    ])
    expect(gone(whose({ sessions: ['agent:main:telegram:default:group:9'] }))).toEqual([
      'list',
      'bash',
      'cron',
      'gateway',
    ])
    expect(gone(whose({ agents: ['main', 'other'], sessions: [] }))).toEqual(['bash', 'message', 'cron', 'gateway'])
  })

  it('S13: only take away: whoever is more has no more tools', () => {
    const rule = fc.constantFrom('bash', 'group:fs', 'web_*', '*', 'plugin:mcp', 'message')
    const stage = fc.record(
      {
        profile: fc.constantFrom('minimal', 'messaging', 'coding', 'full'),
        allow: fc.array(rule, { maxLength: 3 }),
        deny: fc.array(rule, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(stage, stage, stage, stage, (tools, agent, channel, session) => {
        const parts: Config[] = [
          { tools },
          { agents: { main: { tools: agent } } },
          { channels: { telegram: { tools: channel } } },
          { sessions: { tools: { '*': session } } },
        ]
        const each = parts.map((part) => left(part))
        const together = left(Object.assign({}, ...parts) as Config)
        expect(together).toEqual(each.reduce((some, more) => some.filter((name) => more.includes(name))))
      }),
    )
  })

  it('are made once for each configuration, and say where a tool was taken away and what to change', () => {
    const policy = readPolicy(all)
    expect(policy.stages(whose())[0]).toBe(policy.stages(whose())[0])
    const [, agent] = policy.stages(whose())
    expect(agent?.removes({ name: 'cron', plugin: 'cron' })).toEqual({
      path: 'agents.main.tools.deny.0',
      reason: 'denied by the configuration',
      change: 'take "cron" out of agents.main.tools.deny',
    })
    const profile = readPolicy({ tools: { profile: 'minimal' } }).stages(whose())[0]
    expect(profile?.removes({ name: 'message', plugin: 'message' })?.change).toBe(
      'set tools.profile to messaging or full',
    )
  })

  it('count as soon as they are in force, also for who was judged before', () => {
    let config: Config = {}
    const judge = openPolicy(() => config)(() => whose())
    expect(judge({ name: 'bash', plugin: 'bash' })).toBeUndefined()
    config = { tools: { deny: ['bash'] } }
    expect(judge({ name: 'bash', plugin: 'bash' })).toMatchObject({ path: 'tools.deny.0' })
  })
})
