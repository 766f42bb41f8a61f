import type { SandboxConfig } from '@openclaw/protocol'
import { describe, expect, it } from 'vitest'
import { narrower, sandboxRules, type SandboxRules } from '../../src/sandboxes/place.ts'

const modes = ['off', 'non-owner', 'all'] as const
const rules = (sandbox: SandboxConfig): SandboxRules => sandboxRules({}, { sandbox })
/** What a session may do under rules: 2 on this machine, 1 in a sandbox, 0 nothing. */
const reach = (mode: SandboxRules['mode'], owners: boolean) =>
  owners ? (mode === 'all' ? 1 : 2) : mode === 'off' ? 0 : 1

describe('S13: rules of a sub-agent', () => {
  it.each([true, false])('let it do what all above it may, when only the owner is there: %s', (owners) => {
    for (const mode of modes)
      for (const other of modes)
        expect(reach(narrower(rules({ mode }), rules({ mode: other }), owners).mode, owners), `${mode} ${other}`).toBe(
          Math.min(reach(mode, owners), reach(other, owners)),
        )
  })

  it('show it no more than each of them sees', () => {
    const wide = rules({ sharing: 'shared', workspace: 'rw' })
    const tight = rules({ sharing: 'session', workspace: 'none' })
    const middle = rules({ sharing: 'agent', workspace: 'ro' })
    for (const [one, other, least] of [
      [wide, tight, tight],
      [tight, wide, tight],
      [wide, middle, middle],
      [middle, tight, tight],
    ] as const)
      expect(narrower(one, other, true)).toEqual(least)
  })
})
