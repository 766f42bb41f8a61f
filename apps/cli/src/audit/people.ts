import type { ChannelConfig } from '@openclaw/protocol'
import type { Check } from './check.ts'
import type { Seen } from './seen.ts'

type Channel = readonly [id: string, rules: ChannelConfig]

const channelsOf = ({ config }: Seen): readonly Channel[] =>
  Object.entries(config.channels ?? {}).filter(([, { enabled }]) => enabled !== false)
const hasOpenDms = ([, { dm }]: Channel) => dm?.policy === 'open'
const hasOpenGroups = ([, { groups }]: Channel) => groups?.policy === 'open'
const hasGroups = (channel: Channel) => hasOpenGroups(channel) || (channel[1].groups?.allow ?? []).length > 0
const names = (channels: readonly Channel[]) => channels.map(([id]) => id).join(', ')
const strangersOf = (seen: Seen) => channelsOf(seen).filter((one) => hasOpenDms(one) || hasOpenGroups(one))

/** One of the owner's modes is `never-ask` where strangers have a word. */
function neverAsked(mode: 'exec' | 'network' | 'lasting', severity: Check['severity'], about: string): Check {
  const key = `tools.${mode}`
  return {
    id: `${mode}.never-ask-strangers`,
    severity,
    about,
    fix: 'sets `ask`',
    look: (seen) => {
      const open = strangersOf(seen)
      return seen.config.tools?.[mode] === 'never-ask' && open.length > 0
        ? [
            {
              found: `${key} is "never-ask" while strangers are admitted on ${names(open)}`,
              remedy: `Ask again: \`openclaw config set ${key} ask\``,
              change: { set: key, value: 'ask' },
            },
          ]
        : []
    },
  }
}

/** Who may speak to the agent, and what it does without asking. */
export const peopleChecks: readonly Check[] = [
  {
    id: 'dm.open',
    severity: 'medium',
    about: 'Anybody who writes directly gets an answer: `dm.policy` is `open`',
    fix: 'sets `pairing`',
    look: (seen) =>
      channelsOf(seen)
        .filter(hasOpenDms)
        .map(([id]) => ({
          found: `channels.${id}.dm.policy is "open": anybody there talks to the agent, at your cost`,
          remedy: `Let people in by a code: \`openclaw config set channels.${id}.dm.policy pairing\``,
          change: { set: `channels.${id}.dm.policy`, value: 'pairing' },
        })),
  },
  {
    id: 'groups.open',
    severity: 'medium',
    about: 'Whoever adds it to a group talks to the agent: `groups.policy` is `open`',
    fix: 'sets `allowlist`',
    look: (seen) =>
      channelsOf(seen)
        .filter(hasOpenGroups)
        .map(([id]) => ({
          found: `channels.${id}.groups.policy is "open": whoever adds it to a group talks to the agent`,
          remedy: `Name the groups: \`openclaw config set channels.${id}.groups.policy allowlist\`, then \`openclaw channels groups ${id}\``,
          change: { set: `channels.${id}.groups.policy`, value: 'allowlist' },
        })),
  },
  {
    id: 'groups.unmentioned',
    severity: 'low',
    about: 'In groups every message is read as one for the agent: `groups.mention` is `false`',
    look: (seen) =>
      channelsOf(seen)
        .filter((one) => hasGroups(one) && one[1].groups?.mention === false)
        .map(([id]) => ({
          found: `channels.${id}.groups.mention is false: what anybody says there reaches the model`,
          remedy: `Let it wait for a mention: \`openclaw config set channels.${id}.groups.mention true\``,
        })),
  },
  {
    id: 'bots.answered',
    severity: 'low',
    about: 'Other programs are answered as people are: `bots` is `answer`',
    look: (seen) =>
      channelsOf(seen)
        .filter(([, { bots }]) => bots === 'answer')
        .map(([id]) => ({
          found: `channels.${id}.bots is "answer": a program there can talk to the agent`,
          remedy: `Pass over them: \`openclaw config set channels.${id}.bots ignore\``,
        })),
  },
  {
    id: 'exec.never-ask',
    severity: 'low',
    about: 'Commands of the model run without your yes: `tools.exec` is `never-ask`',
    look: (seen) =>
      seen.config.tools?.exec === 'never-ask' && strangersOf(seen).length === 0
        ? [
            {
              found: 'tools.exec is "never-ask": what a page or a file talks the model into runs on this machine',
              remedy: 'Ask for what is not on a list: `openclaw config set tools.exec allowlist`',
            },
          ]
        : [],
  },
  neverAsked('exec', 'high', 'Commands run without your yes while strangers are admitted'),
  neverAsked(
    'network',
    'medium',
    'The model sends what it likes to new sites without your yes while strangers are admitted',
  ),
  neverAsked(
    'lasting',
    'medium',
    'The model makes jobs, notes and settings from what others say without your yes while strangers are admitted',
  ),
  {
    id: 'exec.listed-in-vain',
    severity: 'low',
    about: 'A line of `tools.commands` never allows anything, so its command waits for a yes',
    async look({ config }) {
      const { whyVain } = await import('@openclaw/kernel')
      return (config.tools?.commands ?? []).flatMap((line) => {
        const why = whyVain(line)
        if (why === undefined) return []
        return [
          {
            found: `tools.commands has ${JSON.stringify(line)}, which allows nothing: ${why}`,
            remedy: 'Take it out, or put a program of your own outside the workspace in its place.',
          },
        ]
      })
    },
  },
  {
    id: 'sandbox.missing',
    severity: 'medium',
    about: 'Groups or strangers are admitted and no sandbox is there, so the agent can change and run nothing for them',
    look: (seen) => {
      const here = channelsOf(seen).filter((one) => hasGroups(one) || hasOpenDms(one))
      const off = seen.config.sandbox?.mode === 'off'
      const there = seen.plugins.some(({ id, hooks }) => id.startsWith('sandbox-') && hooks.includes('gateway'))
      return here.length > 0 && (off || !there)
        ? [
            {
              found: `${names(here)} ${here.length === 1 ? 'lets' : 'let'} others in, and ${off ? 'sandbox.mode is "off"' : 'no sandbox is plugged in'}`,
              remedy: off
                ? 'Turn it on: `openclaw config set sandbox.mode non-owner`'
                : 'Add one: `openclaw plugins add sandbox-docker`',
            },
          ]
        : []
    },
  },
]
