import { findElectron, hasDisplay } from '../programs/electron.ts'
import type { TestReport } from '../testing/test-report.ts'
import { runVitest } from '../testing/vitest-run.ts'
import { ensureDebianPackages } from './debian.ts'
import { withTestDesktop } from './test-desktop.ts'

const PROJECT = '--project=real-desktop'
/** Tell the tests that Electron is there, so that they fail without it; or why it is missing, so that they are skipped. */
const NEEDED = 'LATCHKEY_NEEDS_ELECTRON'
const MISSING = 'LATCHKEY_ELECTRON_MISSING'

/**
 * Runs the tests of the real desktop app. If Electron's program was downloaded, they run in the checkout; otherwise in a copy
 * with a runtime for tests, as a user other than root, on a virtual display. `args` are Vitest's. If there is no runtime, each
 * test is skipped with the reason.
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
