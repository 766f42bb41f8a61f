import { defineTools } from '@openclaw/sdk'
import { bash } from './bash.ts'
import { bashJob } from './bash-job.ts'
import { config } from './config.ts'

/** `bash` runs commands in the session's workspace; `bash_job` looks after those in the background. */
export default defineTools({
  config,
  setup({ config: { timeoutMs = 120_000, maxOutput = 50_000 }, register }) {
    register(bash({ timeoutMs, maxOutput }), bashJob({ timeoutMs, maxOutput }))
  },
})
