import { runAgentProcess } from '@openclaw/agent'
import { agentEntries } from './bundled.ts'

/** Is the agent process: serves a gateway over stdin and stdout until stdin ends. */
export async function serveAgent(): Promise<void> {
  await runAgentProcess({ bundled: agentEntries })
}
