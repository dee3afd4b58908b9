import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

/** The report of a Vitest run for `npm test`. Vitest's own JSON report lacks the reasons of skipped tests. */
export interface TestReport {
  /** By path in the checkout. */
  readonly files: Readonly<Record<string, FileReport>>
  /** Failures outside a file: a run that crashed or ran no test, or an error after the end of its test. */
  readonly otherFailures: number
}

export interface FileReport {
  passed: number
  failed: number
  skipped: { name: string; reason: string }[]
}

/** The variable with the report's path. */
export const REPORT_FILE_VARIABLE = 'LATCHKEY_TEST_REPORT'

export default class TestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const files = Object.fromEntries(
      modules.map((module) => [relative(process.cwd(), module.moduleId), reportOf(module)]),
    )
    const report: TestReport = { files, otherFailures: unhandledErrors.length }
    const file = process.env[REPORT_FILE_VARIABLE]
    if (file !== undefined) writeFileSync(file, JSON.stringify(report))
  }
}

/** The sum over all files. */
export function sumOf({ files, otherFailures }: TestReport): FileReport {
  const sum: FileReport = { passed: 0, failed: otherFailures, skipped: [] }
  for (const { passed, failed, skipped } of Object.values(files)) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped.push(...skipped)
  }
  return sum
}

function reportOf(module: TestModule): FileReport {
  const report: FileReport = { passed: 0, failed: 0, skipped: [] }
  for (const test of module.children.allTests()) {
    const result = test.result()
    if (result.state === 'passed') report.passed += 1
    else if (result.state === 'failed') report.failed += 1
    else
      report.skipped.push({ name: test.fullName, reason: (result.state === 'skipped' && result.note) || 'no reason' })
  }
  // A file that could not be loaded, or whose hooks failed, has no failed test.
  if (!module.ok() && report.failed === 0) report.failed = 1
  return report
}
