import { runAgentProcess } from '@openclaw/agent'
import { agentEntries } from './bundled.ts'
import { keepHeapSmall } from './heap.ts'

/** Is the agent process: serves a gateway over stdin and stdout until stdin ends. */
export async function serveAgent(): Promise<void> {
  keepHeapSmall()
  await runAgentProcess({ bundled: agentEntries })
}
