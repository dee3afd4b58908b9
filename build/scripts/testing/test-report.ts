import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** The report of a Vitest run for `npm test`. Vitest's own JSON report lacks the reasons of skipped tests. */
export interface TestReport {
  passed: number
  failed: number
  skipped: { name: string; reason: string }[]
}

/** The variable with the report's path. */
export const REPORT_FILE_VARIABLE = 'LATCHKEY_TEST_REPORT'

export default class TestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const report: TestReport = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) count(module, report)
    const file = process.env[REPORT_FILE_VARIABLE]
    if (file !== undefined) writeFileSync(file, JSON.stringify(report))
  }
}

function count(module: TestModule, report: TestReport): void {
  const before = report.failed
  for (const test of module.children.allTests()) {
    const result = test.result()
    if (result.state === 'passed') report.passed += 1
    else if (result.state === 'failed') report.failed += 1
    else
      report.skipped.push({ name: test.fullName, reason: (result.state === 'skipped' && result.note) || 'no reason' })
  }
  // A file that could not be loaded, or whose hooks failed, has no failed test.
  if (!module.ok() && report.failed === before) report.failed += 1
}
