import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './built.ts'
import { lineOf, runChecks } from './checks.ts'
import { getChromium } from './chromium.ts'
import { REPORT_FILE_VARIABLE, type TestReport } from './test-report.ts'

// `npm test [-- vitest's arguments]`: the checks and all tests; the last line is their sum. With arguments, which pick
// some of the tests, it leaves the checks out.
const ROOT = fileURLToPath(new URL('..', import.meta.url))

const args = process.argv.slice(2)
await ensureBuilt()
const checks = args.length === 0 ? await runChecks((result) => console.log(lineOf(result))) : []
const tests = runVitest(args)

for (const { name, reason } of tests.skipped) console.log(`skipped: ${name}: ${reason}`)
const passed = tests.passed + checks.filter((check) => check.passed).length
const failed = tests.failed + checks.filter((check) => !check.passed).length
console.log(`${passed} passed, ${failed} failed, ${tests.skipped.length} skipped`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs Vitest. A run that crashed, failed without a failed test, or ran no test counts as one failure. */
function runVitest(filters: readonly string[]): TestReport {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-report-'))
  const file = join(directory, 'report.json')
  try {
    const { status } = spawnSync(process.execPath, [vitestCli(), 'run', ...reporters(), ...filters], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...chromiumVariable(), [REPORT_FILE_VARIABLE]: file },
    })
    const report = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport)
      : { passed: 0, failed: 0, skipped: [] }
    const sound = status === 0 ? report.passed + report.skipped.length > 0 : report.failed > 0
    return sound ? report : { ...report, failed: report.failed + 1 }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function vitestCli(): string {
  return fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
}

function reporters(): string[] {
  return ['--reporter=default', `--reporter=${fileURLToPath(new URL('test-report.ts', import.meta.url))}`]
}

/** Without a browser the tests that need one fail, and say what to do. */
function chromiumVariable(): Record<string, string> {
  const path = getChromium()
  return path === undefined ? {} : { LATCHKEY_CHROMIUM: path }
}
