import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeOf } from './own-node.ts'
import { REPORT_FILE_VARIABLE, sumOf, type TestReport } from './test-report.ts'

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
  /** True for a run beside another: its output comes in one piece when it has ended. */
  readonly isBeside?: boolean
}

/** Runs Vitest. A run that crashed, failed without a failed test, or ran no test counts as one failure. */
export async function runVitest(run: VitestRun): Promise<TestReport> {
  const { temp = tmpdir() } = run
  const own = temp === tmpdir()
  const directory = own ? mkdtempSync(join(temp, 'latchkey-report-')) : temp
  const file = join(directory, 'report.json')
  try {
    const status = await vitest(run, file)
    const report = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport)
      : { files: {}, otherFailures: 0 }
    const { passed, failed, skipped } = sumOf(report)
    const sound = status === 0 ? passed + skipped.length > 0 : failed > 0
    return sound ? report : { ...report, otherFailures: report.otherFailures + 1 }
  } finally {
    if (own) rmSync(directory, { recursive: true, force: true })
  }
}

/** Resolves to the exit code; null if a signal ended it. */
async function vitest({ root, args, env, prefix = [], isBeside = false }: VitestRun, report: string) {
  const [program = '', ...rest] = [...prefix, nodeOf(root), vitestOf(root), 'run', ...reporters(root), ...args]
  const output = isBeside ? 'pipe' : 'inherit'
  const child = spawn(program, rest, {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...env, [REPORT_FILE_VARIABLE]: report },
  })
  const told: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => told.push(piece))
  const [status] = (await once(child, 'close')) as [number | null]
  process.stdout.write(Buffer.concat(told))
  return status
}

function vitestOf(root: string): string {
  return join(root, 'node_modules/vitest/vitest.mjs')
}

function reporters(root: string): string[] {
  return ['--reporter=default', `--reporter=${join(root, 'build/scripts/testing/test-report.ts')}`]
}
