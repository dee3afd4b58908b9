import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackagePlan } from './package-plan.ts'
import { runTool } from './tool.ts'

/** rpm's compressions by fpm's names. */
const PAYLOADS: Readonly<Record<string, string>> = { none: 'w0.gzdio', gzip: 'w9.gzdio', xzmt: 'w6T.xzdio' }

/** rpm's architectures by Debian's names, which electron-builder passes. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' }

/** https://rpm-software-management.github.io/rpm/manual/spec.html */
export function makeRpm(plan: PackagePlan): void {
  const { work, architecture, compression, file } = plan
  const [payload, target] = [PAYLOADS[compression], ARCHITECTURES[architecture]]
  if (payload === undefined) throw new Error(`rpm has no compression ${compression}`)
  if (target === undefined) throw new Error(`rpm packages for ${architecture} are not supported`)
  const [spec, made] = [join(work, 'package.spec'), join(work, 'made')]
  mkdirSync(made)
  writeFileSync(spec, specOf(plan))
  const own = [
    `_topdir ${join(work, 'rpmbuild')}`,
    `_rpmdir ${made}`,
    '_rpmfilename made.rpm',
    `_binary_payload ${payload}`,
  ]
  const args = [...own, ...plan.defines].flatMap((define) => ['--define', define])
  runTool('rpmbuild', ['-bb', '--target', `${target}-unknown-linux`, ...args, spec])
  copyFileSync(join(made, 'made.rpm'), file)
}

function specOf(plan: PackagePlan): string {
  const tags: readonly (readonly [name: string, value: string])[] = [
    ['Name', plan.name],
    ['Version', plan.version],
    ['Release', '1'],
    ['Summary', plan.summary],
    ['License', plan.license],
    ['Vendor', plan.vendor],
    ['URL', plan.url],
    ['Packager', plan.maintainer],
    // Otherwise rpm would list the bundled libraries as requirements, and offer them to other packages.
    ['AutoReqProv', 'no'],
    ...plan.depends.map((name) => ['Requires', name] as const),
  ]
  return `# Otherwise rpm would strip the program.
%define __os_install_post %{nil}
%define debug_package %{nil}
${tags.map(([name, value]) => `${name}: ${value}\n`).join('')}
%description
${plan.description}
%install
mkdir -p %{buildroot}
cp --archive --link ${plan.tree}/. %{buildroot}/
%post
${scriptIn(plan.afterInstall)}
%postun
${scriptIn(plan.afterRemove)}
%files
%defattr(-,root,root,-)
${plan.contents.map((path) => `"${path}"`).join('\n')}
`
}

/** A `%` begins a macro in a spec file. */
function scriptIn(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('%', '%%')
}
