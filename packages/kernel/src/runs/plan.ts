import { join } from 'node:path'
import {
  defaultLimits,
  isLine,
  type LedgerRecord,
  type LineDraft,
  type Role,
  type RunRequest,
  type QueueMode,
} from '@openclaw/protocol'
import { heldKeys } from '../config/held.ts'
import { parseKey } from '../router/key.ts'
import { chooseWhere, isOwners } from '../sandboxes/choose.ts'
import { agentFolder, peerFolder } from '../sandboxes/place.ts'
import type { Session } from '../sessions/sessions.ts'
import { lower, permitted, type Standing } from './authority.ts'
import type { RunParts } from './parts.ts'
import type { Judge, Whose } from './policy.ts'

type Accept = LedgerRecord<'accept'>

/** What a run is going to be: fixed when it begins. */
export interface RunPlan {
  readonly request: RunRequest
  readonly standing: Standing
  /** The policy of its tools, for the list that the model gets and for each call alike. */
  readonly judge: Judge
  readonly mode: QueueMode
  /** The chat is told of its calls. */
  readonly verbose: boolean
}

/** Folders of skills by precedence: the workspace's own come before those that every agent has. */
export function skillFolders(home: string, workspace: string): string[] {
  return [join(workspace, 'skills'), join(home, 'skills')]
}

/** Plans a run over accepted messages; `resume` names a run that a crash interrupted. */
export async function planRun(
  parts: RunParts,
  run: string,
  session: Session,
  accepts: readonly Accept[],
  options: { resume: boolean; signal: AbortSignal },
): Promise<RunPlan> {
  const config = parts.config()
  const agent = session.agent
  const agentConfig = config.value.agents?.[agent]
  // A sub-agent is confined as the person's session at the top is.
  const child = accepts.at(-1)?.child
  const place = child?.above[0]!.session ?? session.key
  const key = parseKey(place)
  const role = accepts.reduce<Role>((sofar, accept) => lower(sofar, accept.role), lower('owner', session.lowestRole))
  const above = (child?.above ?? []).flatMap((one) => (one.agent === agent ? [] : [config.value.agents?.[one.agent]]))
  const whose = { session: place, agent, role, above }
  const where = await chooseWhere(parts, whose, config.value, agentConfig, options.signal)
  const standing: Standing = { role, owners: isOwners(place, role), where }
  const judge = parts.policy(whoseOf(session, accepts))
  const { ask, reply } = accepts.at(-1)!
  const model = ask?.model ?? session.settings.model ?? agentConfig?.model ?? parts.defaultModel
  const thinking = (ask?.thinking as RunRequest['thinking']) ?? session.settings.thinking ?? agentConfig?.thinking
  const persona = agentFolder(parts.home, agent, agentConfig)
  const again = options.resume ? askedAbout(parts, run, session) : []
  const note = await promptNote(parts, session.key, role, options.signal)
  const begin: LineDraft<'run'> = {
    kind: 'run',
    body: {
      run,
      takes: accepts.map((accept) => accept.line),
      agent,
      model,
      config: config.hash,
      tools: parts.toolsDigest(),
      plugins: parts.versions(),
      seed: Buffer.from(parts.platform.random.bytes(8)).toString('hex'),
      ...(note ? { note } : {}),
    },
  }
  return {
    standing,
    judge,
    verbose: session.settings.verbose === 'on',
    mode: session.settings.queue ?? agentConfig?.queue ?? 'collect',
    request: {
      run,
      session: session.key,
      agent,
      seq: session.seq,
      ...(options.resume ? {} : { begin }),
      ...(again.length > 0 ? { again } : {}),
      models: [model, ...(agentConfig?.fallbacks ?? [])],
      ...(thinking ? { thinking } : {}),
      role,
      local: key?.channel === 'local' && standing.owners && !child && accepts.every(({ reply }) => !reply),
      tools: permitted(parts.tools().values(), standing, judge),
      workspace: {
        root: where.on === 'machine' ? persona : peerFolder(parts.home, agent, place),
        media: join(parts.home, 'media'),
        ...(where.on === 'sandbox' ? { sandbox: { argv: [...where.argv], root: where.root } } : {}),
        ...(where.on === 'nothing' ? { readonly: true } : {}),
      },
      prompt: { folder: persona, skills: skillFolders(parts.home, persona), config: heldKeys(config.value) },
      limits: parts.allowances.of(session.key, { ...defaultLimits, ...agentConfig?.limits }),
      ...(note ? { note } : {}),
      ...(reply && config.value.channels?.[reply.channel]?.blocks ? { aloud: true } : {}),
    },
  }
}

/** Calls of a run that were not begun because somebody had to be asked. */
function askedAbout({ approvals }: RunParts, run: string, session: Session): string[] {
  const asked = approvals.callsOf(run)
  if (asked.length === 0) return []
  const begun = new Set(
    session
      .lines(0)
      .flatMap((line) => (isLine(line, 'intent', 'tool') && line.body.run === run ? [line.body.call] : [])),
  )
  return [...new Set(asked)].filter((call) => !begun.has(call))
}

/** May a message be steered into a run? What is said with a lower role waits for a run of its own, which has that role. */
export function mayJoin(plan: RunPlan | undefined, { role }: Accept): boolean {
  return plan !== undefined && lower(plan.standing.role, role) === plan.standing.role
}

/** Whose tools a run has; who is steered into it counts from then on. */
function whoseOf({ key, agent }: Pick<Session, 'key' | 'agent'>, accepts: readonly Accept[]): () => Whose {
  let seen = 0
  let whose: Whose | undefined
  return () => {
    if (whose && seen === accepts.length) return whose
    seen = accepts.length
    const above = accepts.flatMap(({ child }) => child?.above ?? [])
    const sessions = [...above.map((one) => one.session), key]
    const senders = accepts.flatMap(({ sender }) => sender ?? [])
    const replies = accepts.flatMap(({ child, reply }) => (child ? child.reply : reply) ?? [])
    const channels = [
      ...sessions.flatMap((one) => parseKey(one)?.channel ?? []),
      ...replies.map(({ channel }) => channel),
      ...senders.map((one) => one.split('/', 1)[0]!),
    ]
    whose = { agents: [...above.map((one) => one.agent), agent], channels, senders, sessions }
    return whose
  }
}

async function promptNote(parts: RunParts, session: string, role: Role, signal: AbortSignal): Promise<string> {
  if (!parts.plugins.intercepts('prompt')) return ''
  const answer = await parts.plugins.intercept('prompt', { session, role, note: '' }, signal)
  if ('failed' in answer) throw new Error(`a prompt interceptor failed: ${answer.failed}`)
  return 'value' in answer ? answer.value.note : ''
}
