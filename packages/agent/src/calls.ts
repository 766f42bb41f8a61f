import {
  failure,
  toFailure,
  type AgentEvents,
  type AgentMethods,
  type Content,
  type GatewayForAgentMethods,
  type LineBody,
  type Part,
  type RunRequest,
} from '@openclaw/protocol'
import type { Wire } from '@openclaw/client'
import type { ToolCall, ToolResult } from '@openclaw/sdk'
import type { Clock } from './clock.ts'
import type { Media } from './media.ts'
import { limitRate } from './stream.ts'
import { solid } from './turns.ts'
import type { PluggedTool } from './tools.ts'
import type { CallWorkspace } from './workspace.ts'

/** The gateway, as the agent sees it. */
export type GatewayWire = Wire<{ calls: GatewayForAgentMethods; serves: AgentMethods; tells: AgentEvents }>
export type CallPart = Extract<Part, { type: 'call' }>

/** A call that is over. */
export type CallEnd = Pick<LineBody<'tool'>, 'content' | 'failed' | 'details' | 'files'> & {
  content: Content[]
  failed: boolean
  /** Strangers wrote its text; false when nobody but the owner and the gateway did. */
  outside?: boolean | undefined
  /** A person is asked: the call was not begun, and will be when that is decided. */
  waits?: true
}

/** What calls of one run are made with. */
export interface CallParts {
  readonly request: RunRequest
  readonly gateway: GatewayWire
  readonly clock: Clock
  readonly media: Media
  /** Aborts with the run. */
  readonly signal: AbortSignal
  /** Resolves when the step that asks for them is durable: nothing is run before. */
  readonly saved: Promise<unknown>
  find(name: string): PluggedTool | undefined
  workspace(signal: AbortSignal): CallWorkspace
}

const progressMs = 100
/** A tool that does not heed the signal is left behind after this time. */
const obedienceMs = 400
/** Most text of one result that goes to the model and into the journal. */
const maxText = 100_000
const maxDetails = 16_384
/** Why what a call began ends with it. */
const callOver = failure('aborted', 'the call is over')

const failed = (text: string): CallEnd => ({ content: [{ type: 'text', text }], failed: true })
/** The same where all that is said is ours. */
const refused = (text: string): CallEnd => ({ ...failed(text), outside: false })

/**
 * Makes one tool call, from the check of its input to the gateway's last word. Never rejects: what goes wrong is a
 * failed result that tells the model, and within half a second after the signal it is over.
 */
export async function makeCall(part: CallPart, parts: CallParts): Promise<CallEnd> {
  const { request, gateway, signal } = parts
  const about = { run: request.run, call: part.id, tool: part.name }
  void gateway.notify('agent.tool.start', { ...about, input: part.input })
  const end = await carryOut(part, parts).catch((thrown: unknown) => {
    if (signal.aborted) return refused(`stopped before it ended: it may have happened; check before repeating`)
    return failed(toFailure(thrown).message)
  })
  if (end.waits) return end
  void gateway.notify('agent.tool.result', { ...about, content: end.content, failed: end.failed })
  return end
}

async function carryOut(part: CallPart, parts: CallParts): Promise<CallEnd> {
  const { request, gateway, signal } = parts
  const plugged = request.tools.includes(part.name) ? parts.find(part.name) : undefined
  if (!plugged) {
    const there = request.tools.filter((name) => parts.find(name)).toSorted()
    return refused(`there is no tool "${part.name}" here; there is: ${there.join(', ') || 'none'}`)
  }
  const { tool } = plugged
  const wrong = await misfit(plugged, part.input, signal)
  if (wrong) return refused(wrong)
  const about = { run: request.run, call: part.id, tool: tool.name }
  const effect = (await tool.effectOf?.(part.input, signal)) ?? tool.effect
  const subject = await tool.subject?.(part.input, signal)
  const reaches = await tool.reaches?.(part.input, signal)
  const argv = tool.argv?.(part.input as never)
  const calls = tool.calls?.(part.input as never)
  const lasts = await tool.lasts?.(part.input, signal)
  if (signal.aborted) return refused('stopped before it was started')
  const begun = gateway.call(
    'tool.begin',
    {
      ...about,
      input: part.input,
      effect,
      ...(subject === undefined ? {} : { subject }),
      ...(reaches === undefined ? {} : { reaches }),
      ...(argv === undefined ? {} : { argv: [...argv] }),
      ...(calls === undefined ? {} : { calls }),
      ...(lasts ? { lasts } : {}),
    },
    { signal },
  )
  const [verdict] = await Promise.all([begun, parts.saved])
  if (verdict.verdict === 'wait') return { content: [], failed: false, waits: true }
  if (verdict.verdict === 'deny') return refused(`not allowed: ${verdict.reason ?? 'the gateway refused it'}`)
  let { input } = part
  if (verdict.input !== undefined) {
    input = verdict.input
    const changed = await misfit(plugged, input, signal)
    if (changed) return refused(`not run: an interceptor changed the input, and it does not fit any more: ${changed}`)
  }
  const result = await runTool(plugged, input, part, parts, verdict.argv)
  const { details, files, outside } = result
  const { content, failed: broken } = result
  const end = { ...about, content, failed: broken, ...(outside === undefined ? {} : { outside }) }
  const said = await gateway.call('tool.end', end, { signal })
  return {
    content: bound(said.content),
    failed: said.failed,
    ...(details === undefined ? {} : { details }),
    // What an interceptor withheld goes nowhere.
    ...(files && !said.failed ? { files } : {}),
    outside,
  }
}

/** All that is wrong with an input, for the model to mend it at once. */
async function misfit(plugged: PluggedTool, input: unknown, signal: AbortSignal): Promise<string | undefined> {
  const problems = await plugged.problems(input, signal)
  if (problems.length === 0) return undefined
  return `the input of ${plugged.tool.name} does not fit its schema; nothing was done:\n${problems.map(({ path, message }) => `- ${path || '(the whole input)'}: ${message}`).join('\n')}`
}

async function runTool(
  plugged: PluggedTool,
  input: unknown,
  part: CallPart,
  parts: CallParts,
  argv: readonly string[] | undefined,
): Promise<CallEnd> {
  const { request, gateway, signal, clock, media } = parts
  const { tool, plugin } = plugged
  const over = new AbortController()
  const own = over.signal
  const workspace = parts.workspace(own)
  const about = { run: request.run, call: part.id, tool: tool.name }
  const progress = limitRate<readonly Content[]>(
    clock,
    progressMs,
    (content) => void gateway.notify('agent.tool.progress', { ...about, content: bound([...content], 16_384) }),
  )
  const call: ToolCall = {
    id: part.id,
    run: request.run,
    session: request.session,
    role: request.role,
    signal: own,
    workspace,
    ...(argv ? { argv } : {}),
    gateway: {
      call: (method, params) =>
        gateway.call(
          'gateway.call',
          { run: request.run, plugin, method, ...(params === undefined ? {} : { params }) },
          { signal: own },
        ),
    },
    progress: (content) => {
      if (!own.aborted) progress.show(content)
    },
    attach: (bytes, mime, name) => media.attach(bytes, mime, name),
  }
  const left = Promise.withResolvers<never>()
  let patience: Disposable | undefined
  const stop = () => {
    over.abort(signal.reason)
    patience = clock.after(obedienceMs, () => left.reject(signal.reason))
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  left.promise.catch(() => {})
  try {
    const result = await Promise.race([tool.run(input as never, call), left.promise])
    return tidy(result, tool.name)
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return failed(`${tool.name} failed: ${toFailure(thrown).message}`)
  } finally {
    patience?.[Symbol.dispose]()
    signal.removeEventListener('abort', stop)
    progress.stop()
    over.abort(callOver)
    // Children end on their own time; the run's end waits for them.
    void workspace.close()
  }
}

/** A tool's result as the contract wants it, whatever a plugin returned. */
function tidy(result: ToolResult, name: string): CallEnd {
  if (!Array.isArray(result?.content)) return failed(`${name} gave no result; its plugin must return { content: […] }`)
  const content = bound([...solid(result.content as readonly Content[])])
  let { details } = result
  try {
    if (details !== undefined && JSON.stringify(details).length > maxDetails) details = undefined
  } catch {
    details = undefined
  }
  const files = result.files?.filter(({ ref }) => ref.startsWith('media:'))
  return {
    content,
    failed: result.failed ?? false,
    ...(details === undefined ? {} : { details }),
    ...(files?.length ? { files } : {}),
    outside: result.outside,
  }
}

/** Keeps the beginning and the end of too much text. */
function bound(content: readonly Content[], most = maxText): Content[] {
  let left = most
  return content.map((part) => {
    if (part.type === 'file') return part
    const room = left
    left = Math.max(0, left - part.text.length)
    if (part.text.length <= room) return part
    const half = Math.floor(room / 2)
    return {
      type: 'text',
      text: `${part.text.slice(0, half)}\n[${part.text.length - 2 * half} characters left out]\n${half > 0 ? part.text.slice(-half) : ''}`,
    }
  })
}
