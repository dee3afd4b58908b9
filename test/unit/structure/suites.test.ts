import { describe, expect, it } from 'vitest'
import { runSuites, type SuiteRun } from '../../../build/scripts/testing/suites.ts'
import { type FileReport, sumOf, type TestReport } from '../../../build/scripts/testing/test-report.ts'

const PASSED: FileReport = { passed: 3, failed: 0, skipped: [] }
const FAILED: FileReport = { passed: 2, failed: 1, skipped: [] }

/** A suite whose runs end with these reports, one after the other. */
function suite(...reports: readonly TestReport[]) {
  const asked: (readonly string[])[] = []
  const run: SuiteRun['run'] = (args) => {
    const report = reports[asked.length]
    asked.push(args)
    return report === undefined ? Promise.reject(new Error('ran once too often')) : Promise.resolve(report)
  }
  return { asked, suite: { args: ['--all'], run } satisfies SuiteRun }
}

async function run(suites: readonly SuiteRun[], repeats = true) {
  const rows = suites.map((one) => [one])
  const told: string[] = []
  const report = await runSuites(rows, { repeats, tell: (line) => told.push(line) })
  return { told, sum: sumOf(report) }
}

describe('the suites of npm test', () => {
  it('count a file that passes when it runs again, and tell its name', async () => {
    const first = { files: { 'test/a.test.ts': FAILED, 'test/b.test.ts': PASSED }, otherFailures: 0 }
    const { asked, suite: one } = suite(first, { files: { 'test/a.test.ts': PASSED }, otherFailures: 0 })
    const { told, sum } = await run([one])
    expect(asked).toEqual([['--all'], ['test/a.test.ts']])
    expect(sum).toMatchObject({ passed: 6, failed: 0 })
    expect(told).toContain('flaky: test/a.test.ts passed when run again')
  })

  it('fail with a file that fails twice', async () => {
    const first = { files: { 'test/a.test.ts': FAILED }, otherFailures: 0 }
    const { suite: one } = suite(first, first)
    expect(await run([one])).toMatchObject({ sum: { passed: 2, failed: 1 } })
  })

  it('fail when the second run crashes', async () => {
    const { suite: one } = suite(
      { files: { 'test/a.test.ts': FAILED }, otherFailures: 0 },
      { files: {}, otherFailures: 1 },
    )
    expect((await run([one])).sum.failed).toBe(2)
  })

  it('fail with an error that belongs to no file', async () => {
    const { suite: one, asked } = suite({ files: { 'test/a.test.ts': PASSED }, otherFailures: 1 })
    expect((await run([one])).sum.failed).toBe(1)
    expect(asked).toHaveLength(1)
  })

  it('repeat nothing when many files fail, or at a desk', async () => {
    const names = Array.from({ length: 7 }, (_, at) => `test/${at}.test.ts`)
    const many = suite({ files: Object.fromEntries(names.map((name) => [name, FAILED])), otherFailures: 0 })
    expect((await run([many.suite])).sum.failed).toBe(7)
    const desk = suite({ files: { 'test/a.test.ts': FAILED }, otherFailures: 0 })
    expect((await run([desk.suite], false)).sum.failed).toBe(1)
  })

  it('repeat only the files of the run that failed, after all have ended', async () => {
    let isDone = false
    const good: SuiteRun = {
      args: [],
      run: () =>
        new Promise((resolve) =>
          setImmediate(() => {
            isDone = true
            resolve({ files: { 'test/b.test.ts': PASSED }, otherFailures: 0 })
          }),
        ),
    }
    let runs = 0
    const flaky: SuiteRun = {
      args: [],
      run: () => {
        runs += 1
        if (runs === 2) expect(isDone).toBe(true)
        return Promise.resolve({ files: { 'test/a.test.ts': runs === 1 ? FAILED : PASSED }, otherFailures: 0 })
      },
    }
    expect((await run([flaky, good])).sum).toMatchObject({ passed: 6, failed: 0 })
    expect(runs).toBe(2)
  })
})
