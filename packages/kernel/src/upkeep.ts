import { openHeartbeat } from './heartbeat/open.ts'
import { openMaintenance } from './maintenance.ts'
import type { Runner } from './runs/runner.ts'

type Heartbeat = Parameters<typeof openHeartbeat>[0]
type Maintenance = Parameters<typeof openMaintenance>[0]

/** What a gateway does without being asked, from the moment at which it is whole: keep its house small, and look after things. */
export async function openUpkeep({
  runner: { lanes },
  ...parts
}: Omit<Heartbeat & Maintenance, 'lanes' | 'config'> & { readonly runner: Runner }): Promise<Disposable> {
  const stack = new DisposableStack()
  stack.use(openMaintenance({ ...parts, lanes, config: () => parts.configuration.value }))
  stack.use(await openHeartbeat({ ...parts, lanes }))
  return stack
}
