import { findElectron, hasDisplay } from '../programs/electron.ts'
import type { TestReport } from '../testing/test-report.ts'
import { runVitest } from '../testing/vitest-run.ts'
import { ensureDebianPackages } from './debian.ts'
import { withTestDesktop } from './test-desktop.ts'

const PROJECT = '--project=real-desktop'
/** Tells the tests that Electron is there, so that not finding it fails, and why it is not, so that they skip. */
const NEEDED = 'LATCHKEY_NEEDS_ELECTRON'
const MISSING = 'LATCHKEY_ELECTRON_MISSING'

/**
 * Runs the tests of the real desktop app: in place where Electron's own program was downloaded, else in a copy with a
 * runtime for tests, as a normal user, on a display that nobody sees. `args` are Vitest's. Where no runtime can be had
 * each test is skipped with the reason.
 */
export async function runRealDesktopTests(root: string, args: readonly string[]): Promise<TestReport> {
  const inPlace = (env: Record<string, string>) =>
    runVitest({ root, args: [PROJECT, ...args], env: { ...process.env, ...env } })
  if (findElectron() !== undefined && hasDisplay()) return inPlace({})
  const missing = ensureDebianPackages()
  if (missing !== undefined) return inPlace({ [MISSING]: missing })
  try {
    return await runInCopy(root, args)
  } catch (error) {
    return inPlace({ [MISSING]: `the runtime could not be prepared (${String(error)})` })
  }
}

function runInCopy(root: string, args: readonly string[]): Promise<TestReport> {
  return withTestDesktop(root, (desktop) =>
    runVitest({ ...desktop, args: [PROJECT, ...args], env: { ...desktop.env, [NEEDED]: '1' } }),
  )
}
