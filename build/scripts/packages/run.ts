import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePackages, TOOLS_FOR_PACKAGES } from '../real-electron/debian.ts'
import { prepareRuntime } from '../real-electron/runtime.ts'
import type { TestReport } from '../testing/test-report.ts'
import { runVitest } from '../testing/vitest-run.ts'

const PROJECT = '--project=packages'
const IN_THROW_AWAY_SYSTEM = fileURLToPath(new URL('in-throw-away-system.sh', import.meta.url))
/** Tell the tests why they cannot run, or that everything they install is discarded. */
const MISSING = 'LATCHKEY_PACKAGES_MISSING'
const THROW_AWAY = 'LATCHKEY_THROW_AWAY_SYSTEM'

/**
 * Runs the tests that install the packages for Linux, as root on a disposable copy of this system: nothing stays installed,
 * and the developer's own Latchkey does not change. `args` are Vitest's. If that is impossible, each test is skipped with the
 * reason.
 */
export async function runPackageTests(root: string, args: readonly string[]): Promise<TestReport> {
  const base = mkdtempSync(join(tmpdir(), 'latchkey-system-'))
  try {
    const missing = await whyNot(root, base)
    const env = { ...process.env, ...(missing === undefined ? { [THROW_AWAY]: '1' } : { [MISSING]: missing }) }
    const how = missing === undefined ? throwAway(root, base) : {}
    return await runVitest({ root, args: [PROJECT, ...args], env, isBeside: true, ...how })
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

async function whyNot(root: string, base: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can install packages'
  if (existsSync('/opt/Latchkey')) return 'Latchkey is installed on this computer'
  const missing = ensurePackages(TOOLS_FOR_PACKAGES)
  if (missing !== undefined) return missing
  try {
    const { dist } = await prepareRuntime()
    return whyNoSystem(root, base, dist)
  } catch (error) {
    return `the runtime could not be prepared (${String(error)})`
  }
}

/** Many containers cannot mount, and the copy lacks files that are on another file system. */
function whyNoSystem(root: string, base: string, needed: string): string | undefined {
  const [program, ...args] = [...throwAway(root, base).prefix, 'ls', '-d', needed]
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 ? undefined : `a throw-away copy of this system cannot be made (${stderr.trim()})`
}

/** A command prefix that runs the rest in such a copy, and the folder whose files remain afterwards. */
function throwAway(root: string, base: string): { prefix: string[]; temp: string } {
  const [system, temp] = [join(base, 'system'), join(base, 'output')]
  for (const folder of [system, temp]) mkdirSync(folder, { recursive: true })
  const unshare = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child']
  return { prefix: [...unshare, IN_THROW_AWAY_SYSTEM, system, temp, root], temp }
}
