import type { TestReport } from './test-report.ts'

/** Tests that need a run of their own. */
export interface SuiteRun {
  /** Vitest's arguments; undefined if the run is not wanted. */
  readonly args: readonly string[] | undefined
  readonly run: (args: readonly string[]) => Promise<TestReport>
}

interface SuitesOptions {
  /** Whether files that failed run again, one run at a time. */
  readonly repeats: boolean
  readonly tell: (line: string) => void
}

/** More failing files than this are no accident. */
const MOST_REPEATED = 6

/**
 * Runs the rows of suites at the same time, and the suites of a row one after another. On a shared CI machine something else can hold a test back, so what failed there runs once
 * more when nothing else does. A file that passes then counts as passed, and its name is told, because its cause is still a bug.
 */
export async function runSuites(
  rows: readonly (readonly SuiteRun[])[],
  { repeats, tell }: SuitesOptions,
): Promise<TestReport> {
  const reports: TestReport[] = []
  const firsts = (await Promise.all(rows.map(runRow))).flat()
  const failed = firsts.flatMap(({ report }) => failedFilesOf(report))
  const isRepeated = repeats && failed.length <= MOST_REPEATED
  for (const { run, report } of firsts) {
    const files = failedFilesOf(report)
    reports.push(report)
    if (!isRepeated || files.length === 0) continue
    tell(`failed, and run again alone: ${files.join(', ')}`)
    const second = await run(files)
    for (const file of files) if (second.files[file]?.failed === 0) tell(`flaky: ${file} passed when run again`)
    reports.push(second)
  }
  return inOne(reports)
}

async function runRow(suites: readonly SuiteRun[]) {
  const done: { run: SuiteRun['run']; report: TestReport }[] = []
  for (const { args, run } of suites) if (args !== undefined) done.push({ run, report: await run(args) })
  return done
}

function failedFilesOf({ files }: TestReport): string[] {
  return Object.keys(files).filter((file) => (files[file]?.failed ?? 0) > 0)
}

/** Later reports of a file replace earlier ones. */
function inOne(reports: readonly TestReport[]): TestReport {
  return {
    files: Object.assign({}, ...reports.map(({ files }) => files)) as TestReport['files'],
    otherFailures: reports.reduce((sum, { otherFailures }) => sum + otherFailures, 0),
  }
}
