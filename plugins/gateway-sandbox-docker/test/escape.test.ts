import { escapeSuite, setUpSandbox, startPodman } from '@openclaw/testing/sandbox'
import gateway from '../src/gateway.ts'

escapeSuite({
  name: 'podman',
  async open() {
    await using opening = new AsyncDisposableStack()
    const { engine, image } = opening.use(await startPodman())
    const { sandboxing } = opening.use(
      await setUpSandbox(gateway, { engine, image, memoryMb: 256, tmpMb: 64, processes: 64 }),
    )
    const running = opening.move()
    return { sandboxing, [Symbol.asyncDispose]: () => running.disposeAsync() }
  },
})
