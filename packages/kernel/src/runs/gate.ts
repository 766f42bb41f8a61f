import { createHash } from 'node:crypto'
import {
  isChatUrl,
  isLine,
  type Address,
  type LineDraft,
  type Params,
  type Result,
  type GatewayForAgentMethods,
} from '@openclaw/protocol'
import { allowed, resolveHere } from './allowed.ts'
import type { Verdict, Wanted } from './approvals.ts'
import { refusal, typed } from './authority.ts'
import type { RunChats } from './chat.ts'
import type { Heard } from './heard.ts'
import type { RunParts } from './parts.ts'
import type { RunPlan } from './plan.ts'
import { newSite } from './sites.ts'

type Begin = Params<GatewayForAgentMethods['tool.begin']>
type Answer = Result<GatewayForAgentMethods['tool.begin']>

/** How long a question waits when nothing else is configured. */
const dayMs = 86_400_000

/** What the gate needs to know of the run that asks. */
export interface GateRun {
  readonly plan: RunPlan
  readonly signal: AbortSignal
  /** Where the run's answer goes; absent when whoever asked reads the session itself. */
  readonly reply: Address | undefined
  readonly chats: RunChats
  readonly lasting: Set<string>
  readonly heard: Heard
  /** Ids of the user lines that the run answers. */
  takes(): readonly string[]
  commit(drafts: readonly LineDraft[]): Promise<unknown>
}

/**
 * May this call run? Policy and role first, then interceptors, then a person's yes, for which the run waits without a
 * process. An allowed call that is more than `read` leaves a durable intent before it runs: after a crash, a call with
 * an intent may have happened.
 */
export async function beginCall(parts: RunParts, run: GateRun, call: Begin): Promise<Answer> {
  const { plan, signal } = run
  const { session } = plan.request
  const spec = parts.tools().get(call.tool)
  if (!spec) return { verdict: 'deny', reason: `there is no tool "${call.tool}" here` }
  const effect = call.effect ?? spec.effect
  const config = parts.config().value
  for (const name of [spec.name, ...(call.calls === undefined ? [] : [call.calls])]) {
    const refused = refusal({ ...spec, name, effect }, plan.standing, plan.judge)
    if (refused) return { verdict: 'deny', reason: `${name} is not available in this session: ${refused}` }
  }

  let input = call.input
  const lines = async () => (await parts.sessions.open(session)).lines(0)
  const listed = effect === 'exec' && call.argv ? await findListed(parts, plan, call.argv) : undefined
  // The list is for what the owner has done: once strangers have a word in it, they are asked all the same.
  const argv = listed && run.heard.foreign(await lines()) !== 'strangers' ? listed : undefined
  // In a sandbox a command reaches nothing that anybody would have to be asked about.
  const asks = effect === 'exec' && plan.standing.where.on === 'machine' && config.tools?.exec !== 'never-ask'
  let reason = asks && !argv ? 'the agent wants to run a command' : undefined
  if (call.reaches !== undefined) {
    if (isChatUrl(call.reaches)) reason ??= run.chats.asks(call.reaches)
    else if (config.tools?.network !== 'never-ask') reason ??= newSite(call.reaches, call.tool, await lines())
  }
  if (call.lasts && config.tools?.lasting !== 'never-ask' && run.heard.foreign(await lines()))
    reason ??= 'what this leaves makes the agent act later, and not all that it goes by was said by you'
  if (parts.plugins.intercepts('tool.call')) {
    const value = { session, tool: call.tool, input, role: plan.standing.role }
    const answer = await parts.plugins.intercept('tool.call', value, signal)
    if ('failed' in answer) return { verdict: 'deny', reason: `a check of this call failed: ${answer.failed}` }
    if ('stopped' in answer) {
      if ('deny' in answer.stopped) return { verdict: 'deny', reason: answer.stopped.deny }
      reason = answer.stopped.ask
    } else {
      input = answer.value.input
    }
  }
  const changed = input !== call.input
  if (changed && argv) reason ??= 'a check changed the command'
  const digest = createHash('sha256')
    .update(JSON.stringify([call.tool, input ?? null]))
    .digest('hex')

  const asked = reason !== undefined && !(await saidByOwner(parts, run, changed ? undefined : call.subject))
  if (asked) {
    const subject = (changed ? undefined : call.subject) ?? `${call.tool} ${JSON.stringify(input)}`
    const principal = plan.standing.role === 'owner' ? 'owner' : `${plan.standing.role} ${session}`
    const about = { session, principal, run: plan.request.run, call: call.call, tool: call.tool, input: digest }
    const verdict = await decided(parts, { ...about, subject, reason: reason! }, whereToAsk(parts, run))
    if (verdict === 'open') return { verdict: 'wait' }
    if (verdict !== 'allow') {
      const why = verdict === 'deny' ? 'the owner said no' : 'nobody said yes in time'
      return { verdict: 'deny', reason: `${call.tool} was not run: ${why}` }
    }
  }
  // The line also says that a yes was used.
  if (effect !== 'read' || asked) {
    await run.commit([
      { kind: 'intent', body: { run: plan.request.run, call: call.call, tool: call.tool, input: digest } },
    ])
  }
  if (call.lasts) run.lasting.add(spec.plugin)
  // What an interceptor put in its place may lead elsewhere, which nobody said yes to.
  if (call.reaches !== undefined && !changed) run.chats.allow(call.reaches)
  return { verdict: 'allow', ...(changed ? { input } : argv ? { argv } : {}) }
}

/** What a person said to exactly this call; they are asked when nobody did, and a yes that was used is none. */
async function decided(parts: RunParts, wanted: Wanted, where: Address | undefined): Promise<Verdict | 'open'> {
  const { session, run, call } = wanted
  const used = (await parts.sessions.open(session))
    .lines(0)
    .some((line) => isLine(line, 'intent') && line.body.run === run && line.body.call === call)
  const verdict = used ? 'expired' : parts.approvals.verdict(wanted)
  if (verdict !== undefined) return verdict
  await parts.approvals.ask(wanted, { forMs: parts.config().value.tools?.askForMs ?? dayMs, where })
  return 'open'
}

/** What is run for a command that the owner's list allows, where commands run on this machine. */
async function findListed(parts: RunParts, plan: RunPlan, argv: readonly string[]): Promise<string[] | undefined> {
  const { exec, commands = [] } = parts.config().value.tools ?? {}
  if (exec !== 'allowlist' || plan.standing.role !== 'owner' || plan.standing.where.on !== 'machine') return undefined
  const { files, env } = parts.platform
  const workspace = plan.request.workspace.root
  const resolve = resolveHere(files, { path: env['PATH'] ?? '', workspace, closed: [workspace, parts.home] })
  const found = await allowed(argv, commands, resolve)
  return found && [...found]
}

/** The owner is asked where they are: in the chat that the run answers, else in the one they wrote from last. */
function whereToAsk(parts: RunParts, { plan, reply }: GateRun): Address | undefined {
  const { standing, request } = plan
  if (request.local) return undefined
  return reply && standing.owners ? reply : parts.ownerChat()
}

/** A command that the owner typed in their own page or CLI is their own deed: nobody is asked about it. */
async function saidByOwner(parts: RunParts, run: GateRun, subject: string | undefined): Promise<boolean> {
  if (!run.plan.request.local || run.plan.standing.role !== 'owner') return false
  const last = run.takes().at(-1)
  const session = await parts.sessions.open(run.plan.request.session)
  const line = session.lines(0).find((one) => one.id === last)
  if (!line || !isLine(line, 'user') || line.role !== 'owner' || line.origin?.sender !== undefined) return false
  return typed(subject, line.body.text)
}
