import Type, { type Static } from 'typebox'

/** Tools by what they are for; `group:NAME` in a rule stands for all of them. */
export const toolGroups = {
  fs: ['read', 'write', 'edit', 'apply_patch', 'list', 'glob', 'grep', 'send_file'],
  runtime: ['bash', 'bash_job'],
  sessions: ['sessions_list', 'sessions_history', 'sessions_send', 'sessions_spawn', 'session_status'],
  memory: ['memory_search', 'memory_read', 'memory_write', 'memory_forget'],
  web: ['web_search', 'web_fetch'],
  messaging: ['message'],
  automation: ['cron', 'gateway'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** What may be chosen with one word in place of a list: rules as they stand in `allow`. */
export const toolProfiles = {
  minimal: ['session_status'],
  messaging: ['group:messaging', 'sessions_list', 'sessions_history', 'sessions_send', 'session_status'],
  coding: ['group:fs', 'group:runtime', 'group:sessions', 'group:memory'],
  full: ['*'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export const ToolProfile = Type.Enum(Object.keys(toolProfiles) as (keyof typeof toolProfiles)[])

/** What a rule names: a group, or a tool or all of a plugin, with `*` for any run of characters. */
const ToolRule = Type.Union([
  Type.Enum(Object.keys(toolGroups).map((name) => `group:${name}` as const)),
  Type.String({ pattern: '^(plugin:)?[A-Za-z0-9_.*-]+$' }),
])
const rules = (description: string) => Type.Optional(Type.Array(ToolRule, { description }))

/** One stage of the policy, as keys of a section: it takes tools away and gives none. */
export const toolRules = {
  profile: Type.Optional({
    ...ToolProfile,
    description: 'Only the tools of this profile; `full` is all of them.',
  }),
  allow: rules(
    'Only these tools: names, `group:fs`, `plugin:mcp`; `*` is any run of characters. They must be in the profile too.',
  ),
  deny: rules('Never these tools; deny wins.'),
}

/** One stage of the policy as a section of its own. With a fault in it there are no tools where it counts. */
export const ToolRules = Type.Object(toolRules, {
  additionalProperties: false,
  restricts: true,
  closed: { deny: ['*'] },
})
export type ToolRules = Static<typeof ToolRules>
