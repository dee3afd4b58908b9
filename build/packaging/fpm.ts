import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDeb } from './deb.ts'
import { readPlan } from './package-plan.ts'
import { makeRpm } from './rpm.ts'

// Takes the place of fpm, which makes the deb and the rpm for electron-builder and which it downloads from GitHub, where
// that cannot be reached. It leaves the work to dpkg-deb and rpmbuild.
const work = mkdtempSync(join(tmpdir(), 'latchkey-package-'))
try {
  const plan = readPlan(process.argv.slice(2), work)
  if (plan.kind === 'deb') makeDeb(plan)
  else makeRpm(plan)
} finally {
  rmSync(work, { recursive: true, force: true })
}
