import { raw } from '@openclaw/client'
import type { GatewayForAgentMethods, Params, Result, RunRequest } from '@openclaw/protocol'
import type { Session } from '../sessions/sessions.ts'

type Lines = GatewayForAgentMethods['session.lines']

/** What the agent process is told of journals. Lines go as the text they already are: nothing is parsed or written twice. */
export interface News {
  /** Answers the agent's question. */
  answer(session: Session, asked: Params<Lines>): Result<Lines>
  /** A request with what is new since the agent heard of the session last, so that it need not ask. */
  with(request: RunRequest, session: Session): RunRequest
}

/** More than this is asked for by an agent that lacks it: it may know more than we think. */
const mostBytes = 64 * 1024

export function openNews(): News {
  /** As far as the agent was told, whatever became of it. It compares, and asks when it lacks something. */
  const told = new WeakMap<Session, number>()

  return {
    answer(session, { after, upto }) {
      told.set(session, upto ?? session.seq)
      return raw(`{${write(session, session.texts(after, upto))}}`)
    },
    with(request, session) {
      const after = told.get(session) ?? 0
      const texts = session.texts(after, request.seq)
      if (texts.length === 0 || texts.reduce((sum, { length }) => sum + length, 0) > mostBytes) return request
      told.set(session, request.seq)
      return raw(`${JSON.stringify(request).slice(0, -1)},"news":{"after":${after},${write(session, texts)}}}`)
    },
  }
}

const write = ({ first }: Session, texts: readonly string[]) => `"lines":[${texts.join(',')}],"first":${first}`
