import { escapeSuite, setUpSandbox } from '@openclaw/testing/sandbox'
import gateway from '../src/gateway.ts'

escapeSuite({
  name: 'bubblewrap',
  open: () => setUpSandbox(gateway, { memoryMb: 256, processes: 64, fileMb: 64, cpuSeconds: 60 }),
})
