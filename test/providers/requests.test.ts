import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { journals } from '../../packages/agent/test/journals.ts'
import { checkPrefixes, vendors, writtenBy } from './shapes.ts'

// Through the vendors' libraries a request takes a millisecond or more, so that 10,000 journals are for `pnpm soak --journals 10000`.
const count = Number(process.env.OPENCLAW_JOURNALS ?? 200)
const makers = vendors.flatMap((vendor) => vendor.models.map((model) => ({ vendor, model })))

describe.each(vendors)('$shape', (vendor) => {
  it('R7: takes the request from every prefix of any journal, also one that other models wrote in turn', async () => {
    let requests = 0
    for (const journal of fc.sample(journals, count)) {
      for (const model of vendor.models) {
        const found = await checkPrefixes(writtenBy(journal, makers), vendor, model)
        requests += found.requests
        expect(found.problem?.problems, JSON.stringify(found.problem)).toBeUndefined()
      }
    }
    expect(requests).toBeGreaterThan(count)
  }, 3_600_000)
})
