import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHost } from './host.ts'

// A gateway's process for tests that kill it: prints the ids of its agent and of a command that the agent runs.
const agent = await startHost()
void agent.ask(`shell x1 ${JSON.stringify({ command: 'echo $$ > pid; sleep 304; true' })}`)
for (;;) {
  const text = await readFile(join(agent.folder, 'workspace', 'pid'), 'utf8').catch(() => '')
  if (text.trim()) {
    console.log(JSON.stringify({ agent: agent.host.state.pid, child: Number(text) }))
    break
  }
  await sleep(10)
}
setInterval(() => {}, 1000)
