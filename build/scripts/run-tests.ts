import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './building/built.ts'
import { lineOf, runChecks } from './checking/checks.ts'
import { generateMessagesOrThrow } from './messages/generate.ts'
import { runPackageTests } from './packages/run.ts'
import { getChromium } from './programs/chromium.ts'
import { getFirefox } from './programs/firefox.ts'
import { getWebKit } from './programs/webkit.ts'
import { runRealDesktopTests } from './real-electron/run.ts'
import type { TestReport } from './testing/test-report.ts'
import { runVitest } from './testing/vitest-run.ts'

// `npm test [-- vitest's arguments]`: the checks and all tests; the last line is their sum. With arguments, which pick
// some of the tests, it leaves the checks out.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Folders of tests, which are also names of projects; these have separate runs. */
const REAL_DESKTOP = 'real-desktop'
const PACKAGES = 'test/packages'

const args = process.argv.slice(2)
// A build may be there without the modules that it was made from.
generateMessagesOrThrow()
await ensureBuilt()
getOtherBrowsers(args)
const checks = args.length === 0 ? await runChecks((result) => console.log(lineOf(result))) : []
const reports = await runTests(args)

const skipped = reports.flatMap((report) => report.skipped)
for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`)
const passed = sum(reports.map((report) => report.passed)) + checks.filter((check) => check.passed).length
const failed = sum(reports.map((report) => report.failed)) + checks.filter((check) => !check.passed).length
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
process.exitCode = failed === 0 ? 0 : 1

/**
 * The real desktop app needs another Electron, another user and a display; the packages for Linux need a system that they can
 * be installed on.
 */
async function runTests(all: readonly string[]): Promise<TestReport[]> {
  const forDesktop = all.filter((arg) => arg.includes(REAL_DESKTOP))
  const forPackages = all.filter((arg) => arg.includes(PACKAGES))
  const others = all.filter((arg) => !forDesktop.includes(arg) && !forPackages.includes(arg))
  const filters = others.filter((arg) => !arg.startsWith('-'))
  const isWanted = (own: readonly string[]) =>
    own.length > 0 || filters.length + forDesktop.length + forPackages.length === 0
  const reports: TestReport[] = []
  if (isWanted(filters))
    reports.push(
      runVitest({
        root: ROOT,
        args: [`--project=!${REAL_DESKTOP}`, '--project=!packages', ...others],
        env: { ...process.env, ...chromiumVariable() },
      }),
    )
  if (isWanted(forDesktop)) reports.push(await runRealDesktopTests(ROOT, forDesktop))
  if (isWanted(forPackages)) reports.push(await runPackageTests(ROOT, forPackages))
  return reports
}

/**
 * The tests of Firefox and WebKit are skipped with the reason if these browsers are not there and cannot be installed.
 */
function getOtherBrowsers(filters: readonly string[]): void {
  const wanted = (name: string) => filters.length === 0 || filters.some((filter) => filter.includes(name))
  if (wanted('firefox')) getFirefox()
  if (wanted('webkit')) getWebKit()
}

/** Without Chromium the tests that need it fail with instructions. */
function chromiumVariable(): Record<string, string> {
  const path = getChromium()
  return path === undefined ? {} : { LATCHKEY_CHROMIUM: path }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
