import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeOf } from './own-node.ts'
import { REPORT_FILE_VARIABLE, type TestReport } from './test-report.ts'

export interface VitestRun {
  /** The checkout with the tests. */
  readonly root: string
  /** Vitest's arguments: projects, files, options. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** A command prefix that runs the rest as another user or in its own session. */
  readonly prefix?: readonly string[]
  /** Where the report is written; its user must be able to. Default: the system's. */
  readonly temp?: string
}

/** Runs Vitest. A run that crashed, failed without a failed test, or ran no test counts as one failure. */
export function runVitest({ root, args, env, prefix = [], temp = tmpdir() }: VitestRun): TestReport {
  const own = temp === tmpdir()
  const directory = own ? mkdtempSync(join(temp, 'latchkey-report-')) : temp
  const file = join(directory, 'report.json')
  try {
    const [program = '', ...rest] = [...prefix, nodeOf(root), vitestOf(root), 'run', ...reporters(root), ...args]
    const { status } = spawnSync(program, rest, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...env, [REPORT_FILE_VARIABLE]: file },
    })
    const report = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport)
      : { passed: 0, failed: 0, skipped: [] }
    const sound = status === 0 ? report.passed + report.skipped.length > 0 : report.failed > 0
    return sound ? report : { ...report, failed: report.failed + 1 }
  } finally {
    if (own) rmSync(directory, { recursive: true, force: true })
  }
}

function vitestOf(root: string): string {
  return join(root, 'node_modules/vitest/vitest.mjs')
}

function reporters(root: string): string[] {
  return ['--reporter=default', `--reporter=${join(root, 'build/scripts/testing/test-report.ts')}`]
}
