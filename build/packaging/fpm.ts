import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDeb } from './deb.ts'
import { readPlan } from './package-plan.ts'
import { makeRpm } from './rpm.ts'

// Replaces fpm, with which electron-builder makes the deb and the rpm, on computers that cannot download fpm from GitHub. It
// calls dpkg-deb and rpmbuild.
const work = mkdtempSync(join(tmpdir(), 'latchkey-package-'))
try {
  const plan = readPlan(process.argv.slice(2), work)
  if (plan.kind === 'deb') makeDeb(plan)
  else makeRpm(plan)
} finally {
  rmSync(work, { recursive: true, force: true })
}
