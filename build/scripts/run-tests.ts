import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './building/built.ts'
import { lineOf, runChecks } from './checking/checks.ts'
import { generateMessagesOrThrow } from './messages/generate.ts'
import { runPackageTests } from './packages/run.ts'
import { getChromium, getHeadlessShell } from './programs/chromium.ts'
import { getFirefox } from './programs/firefox.ts'
import { getNetworkPrograms } from './programs/network.ts'
import { getWebKit } from './programs/webkit.ts'
import { runRealDesktopTests } from './real-electron/run.ts'
import { runSuites, type SuiteRun } from './testing/suites.ts'
import { sumOf, type TestReport } from './testing/test-report.ts'
import { runVitest } from './testing/vitest-run.ts'

// `npm test [-- Vitest's arguments]`: runs the checks and all tests; the last line is the sum. With arguments, it runs only the
// tests that they select, and no checks.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Folders of tests, which are also names of projects; these have separate runs. */
const REAL_DESKTOP = 'real-desktop'
const PACKAGES = 'test/packages'

const args = process.argv.slice(2)
// The modules made from message files may be missing although the build is up to date.
generateMessagesOrThrow()
await ensureBuilt()
getOtherPrograms(args)
const wanted = divide(args)
const runs: SuiteRun[][] = [
  [
    { args: wanted.desktop, run: (some) => runRealDesktopTests(ROOT, some) },
    { args: wanted.packages, run: (some) => runPackageTests(ROOT, some) },
  ],
  [{ args: wanted.others, run: runOtherTests }],
]
// First, because they keep every core busy: tests beside them would only take longer.
const checks = args.length === 0 ? await runChecks((result) => console.log(lineOf(result))) : []
const reports = await runSuites(runs, { repeats: process.env['CI'] !== undefined, tell: (line) => console.log(line) })

const { passed, failed, skipped } = sumOf(reports)
for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`)
const failures = failed + checks.filter((check) => !check.passed).length
console.log(
  `${passed + checks.filter((check) => check.passed).length} passed, ${failures} failed, ${skipped.length} skipped`,
)
process.exitCode = failures === 0 ? 0 : 1

/**
 * Vitest's arguments of each run; undefined for a run that is not wanted. The real desktop app needs another Electron,
 * another user and a display; the packages for Linux need a system that they can be installed on.
 */
function divide(all: readonly string[]) {
  const desktop = all.filter((arg) => arg.includes(REAL_DESKTOP))
  const packages = all.filter((arg) => arg.includes(PACKAGES))
  const others = all.filter((arg) => !desktop.includes(arg) && !packages.includes(arg))
  const filters = others.filter((arg) => !arg.startsWith('-'))
  const isUnfiltered = filters.length + desktop.length + packages.length === 0
  return {
    desktop: desktop.length > 0 || isUnfiltered ? desktop : undefined,
    packages: packages.length > 0 || isUnfiltered ? packages : undefined,
    others: filters.length > 0 || isUnfiltered ? others : undefined,
  }
}

function runOtherTests(args: readonly string[]): Promise<TestReport> {
  return runVitest({
    root: ROOT,
    args: [`--project=!${REAL_DESKTOP}`, '--project=!packages', ...args],
    env: { ...process.env, ...chromiumVariables() },
  })
}

/**
 * The tests of Firefox and WebKit, and those between computers, are skipped with the reason if their programs are not there
 * and cannot be installed.
 */
function getOtherPrograms(filters: readonly string[]): void {
  const wanted = (name: string) => filters.length === 0 || filters.some((filter) => filter.includes(name))
  if (wanted('firefox') || wanted('network')) getFirefox()
  if (wanted('webkit')) getWebKit()
  if (wanted('network')) getNetworkPrograms()
}

/** Without Chromium the tests that need it fail with instructions. */
function chromiumVariables(): Record<string, string> {
  const [shell, path] = [getHeadlessShell(), getChromium()]
  return {
    ...(path === undefined ? {} : { LATCHKEY_CHROMIUM: path }),
    ...(shell === undefined ? {} : { LATCHKEY_HEADLESS_SHELL: shell }),
  }
}
