import { expect, it } from 'vitest'
import { isStanding } from '../src/standing.ts'

it.each([
  'AGENTS.md',
  './agents.MD',
  'notes/../SOUL.md',
  'HEARTBEAT.md',
  'MEMORY.md',
  'memory/2026-01-01.md',
  'Memory',
  'skills/weather/SKILL.md',
  '.\\skills\\x\\SKILL.md',
  'ſkills/x/SKILL.md',
  '../workspace/skills/x',
  '/home/me/.openclaw/workspace/AGENTS.md',
  'C:\\openclaw\\workspace\\memory\\x.md',
])('S21: the agent reads %s in every run', (path) => {
  expect(isStanding(path)).toBe(true)
})

it.each([
  'notes.md',
  'src/memory/cache.ts',
  'docs/AGENTS.md.txt',
  'skills.md',
  'project/skills/readme.md',
  'report/USER.md',
])('%s is a file like any other', (path) => {
  expect(isStanding(path)).toBe(false)
})
