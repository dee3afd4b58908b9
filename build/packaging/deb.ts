import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackagePlan } from './package-plan.ts'
import { runTool } from './tool.ts'

/** Builds the deb. DEBIAN/ holds the scripts, the control file and the checksums (Debian policy 6.1 and 5.3). */
export function makeDeb(plan: PackagePlan): void {
  const { tree, compression, file } = plan
  const control = join(tree, 'DEBIAN')
  const paths = runTool('find', ['-type', 'f', '-printf', '%P\n'], tree).trimEnd().split('\n')
  const sums = runTool('md5sum', ['--', ...paths], tree)
  const [kilobytes] = runTool('du', ['--summarize', '--apparent-size', '--block-size=1024', tree]).split('\t')
  mkdirSync(control, { mode: 0o755 })
  writeFileSync(join(control, 'md5sums'), sums)
  writeFileSync(join(control, 'control'), controlOf(plan, String(kilobytes)))
  copyFileSync(plan.afterInstall, join(control, 'postinst'))
  copyFileSync(plan.afterRemove, join(control, 'postrm'))
  runTool('chmod', ['755', join(control, 'postinst'), join(control, 'postrm')])
  runTool('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', tree, file])
}

function controlOf(plan: PackagePlan, kilobytes: string): string {
  const fields: readonly (readonly [name: string, value: string])[] = [
    ['Package', plan.name],
    ['Version', plan.version],
    ['Architecture', plan.architecture],
    ['Maintainer', plan.maintainer],
    ['Installed-Size', kilobytes],
    ['Depends', plan.depends.join(', ')],
    ['Recommends', plan.recommends.join(', ')],
    ['Section', 'net'],
    ['Priority', 'optional'],
    ['Homepage', plan.url],
    ['Description', [plan.summary, ...plan.description.split('\n')].join('\n ')],
  ]
  const given = fields.filter(([, value]) => value !== '')
  return given.map(([name, value]) => `${name}: ${value}\n`).join('')
}
