import type { Log, Store } from '@openclaw/sdk'
import type { KeptJob } from './job.ts'

/** The jobs of a home: one value of the store for each, replaced whole. */
export interface Jobs {
  get(id: string): KeptJob | undefined
  all(): readonly KeptJob[]
  /** Resolves when the job is on the disk; it is as before until then. */
  save(job: KeptJob): Promise<void>
  remove(id: string): Promise<void>
}

const prefix = 'job-'

/** Reads the jobs. One that cannot be read is reported, left as it is, and does not run. */
export async function openJobs(store: Store, log: Log): Promise<Jobs> {
  const jobs = new Map<string, KeptJob>()
  for (const key of await store.list(prefix)) {
    const bytes = await store.get(key)
    try {
      const job = JSON.parse(new TextDecoder().decode(bytes)) as KeptJob
      jobs.set(job.id, job)
    } catch (thrown) {
      log.error(`the job ${key.slice(prefix.length)} cannot be read, so it does not run; add it again`, {
        error: String(thrown),
      })
    }
  }
  return {
    get: (id) => jobs.get(id),
    all: () => [...jobs.values()],
    async save(job) {
      await store.set(`${prefix}${job.id}`, new TextEncoder().encode(JSON.stringify(job)))
      jobs.set(job.id, job)
    },
    async remove(id) {
      await store.delete(`${prefix}${id}`)
      jobs.delete(id)
    },
  }
}
