import { existsSync, readFileSync } from 'node:fs'

/**
 * Adds up vitest's JSON reports. A report that is missing counts as one failure, since its tests did not run,
 * and so does a test file that could not be loaded.
 */
export function count(reports) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const file of reports) {
    if (!existsSync(file)) {
      total.failed++
      continue
    }
    const report = JSON.parse(readFileSync(file, 'utf8'))
    total.passed += report.numPassedTests
    total.failed +=
      report.numFailedTests +
      report.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0).length
    total.skipped += report.numPendingTests + (report.numTodoTests ?? 0)
  }
  return total
}
