import type { Choice, Inbound } from '@openclaw/protocol'
import type { Chosen, Click } from '@openclaw/sdk'
import type { Access } from '../access/access.ts'
import type { Platform } from '../platform.ts'
import { chooseApproval, type Approvals } from './approvals.ts'

/** What a button may carry: platforms take 64 bytes at least. */
const mostBytes = 60
const mark = 'say:'

/** Buttons whose click says their text, or their number where the text is long. */
export function optionChoices(options: readonly string[]): Choice[] {
  return options.map((label, at) => ({
    id: mark + (Buffer.byteLength(mark + label) <= mostBytes ? label : String(at + 1)),
    label,
  }))
}

/**
 * What a click on such a button says, as a message of who clicked: with their rights, and never as a command. Undefined
 * for other choices.
 */
export function saidBy({ event, sender, peer, choice }: Click, atMs: number): Inbound | undefined {
  const text = choice.startsWith(mark) ? choice.slice(mark.length) : ''
  if (!text || text.startsWith('/')) return undefined
  return { event, message: '', kind: 'message', peer, sender: { id: sender }, text, mentioned: true, atMs }
}

/** Hands clicks on: what stands for a text is received as that, everything else decides an approval. */
export function takeClicks(parts: {
  platform: Pick<Platform, 'clock'>
  receive(channel: string, account: string, event: Inbound): Promise<void>
  access: Pick<Access, 'role'>
  approvals: Approvals
}): (channel: string, account: string, click: Click) => Promise<Chosen> {
  const decide = chooseApproval(parts)
  return async (channel, account, click) => {
    const said = saidBy(click, parts.platform.clock.now())
    if (!said) return decide(channel, account, click)
    await parts.receive(channel, account, said)
    // Others may choose too: the buttons stay.
    return { taken: false, text: said.text }
  }
}
