import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { runTool } from './tool.ts'

/** One package, as electron-builder describes it. */
export interface PackagePlan {
  readonly kind: 'deb' | 'rpm'
  readonly name: string
  readonly version: string
  /** By Debian's names: `amd64`. */
  readonly architecture: string
  readonly maintainer: string
  readonly vendor: string
  readonly url: string
  readonly license: string
  readonly summary: string
  readonly description: string
  readonly depends: readonly string[]
  readonly recommends: readonly string[]
  readonly compression: string
  /** Macros for rpmbuild, each a name and a value. */
  readonly defines: readonly string[]
  /** Files with the scripts for after it was installed and after it was removed. */
  readonly afterInstall: string
  readonly afterRemove: string
  /** A folder that has what the package brings, as if it were the root. */
  readonly tree: string
  /** The files and whole folders that were put there: their paths once they are installed. */
  readonly contents: readonly string[]
  /** A folder for what the tools need besides. */
  readonly work: string
  /** The package that is to be made. */
  readonly file: string
}

const text = { type: 'string' } as const
const list = { ...text, multiple: true, default: [] as string[] } as const
/** The arguments that electron-builder (app-builder-lib, FpmTarget.ts) and its configuration give fpm. Others are refused. */
const OPTIONS = {
  s: { ...text, short: 's' },
  t: { ...text, short: 't' },
  force: { type: 'boolean' },
  d: { ...list, short: 'd' },
  name: text,
  version: text,
  package: text,
  architecture: text,
  maintainer: text,
  vendor: text,
  url: text,
  license: text,
  description: text,
  'after-install': text,
  'after-remove': text,
  'deb-recommends': list,
  'deb-priority': text,
  'deb-compression': text,
  'rpm-compression': text,
  'rpm-os': text,
  'rpm-summary': text,
  'rpm-rpmbuild-define': list,
  // A folder that is put in whole is the package's here in any case.
  directories: list,
} as const

/** Reads fpm's arguments, and lays out in `work` what the package is to bring. Throws for what it does not know. */
export function readPlan(args: string[], work: string): PackagePlan {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
  const option = (name: keyof typeof OPTIONS): string => {
    const value = values[name]
    if (typeof value !== 'string') throw new Error(`the option ${name} is missing`)
    return value
  }
  const kind = option('t')
  if (kind !== 'deb' && kind !== 'rpm') throw new Error(`a package of the kind ${kind} cannot be made here`)
  const tree = join(work, 'tree')
  const contents = positionals.map((mapping) => put(mapping, tree))
  // The person who builds the package may have another umask.
  runTool('chmod', ['-R', 'u+rwX,go+rX,go-w', tree])
  const [firstLine = '', ...lines] = option('description').split('\n')
  return {
    kind,
    name: option('name'),
    version: option('version'),
    architecture: option('architecture'),
    maintainer: option('maintainer'),
    vendor: option('vendor'),
    url: option('url'),
    license: option('license'),
    summary: kind === 'deb' ? firstLine : option('rpm-summary'),
    description: kind === 'deb' ? lines.join('\n').trim() : option('description'),
    depends: values.d,
    recommends: values['deb-recommends'],
    compression: option(`${kind}-compression`),
    defines: values['rpm-rpmbuild-define'],
    afterInstall: option('after-install'),
    afterRemove: option('after-remove'),
    tree,
    contents,
    work,
    file: option('package'),
  }
}

/** Puts a file, or what is in a folder, in its place by `from=to`, and returns that place. */
function put(mapping: string, tree: string): string {
  const at = mapping.lastIndexOf('=')
  const [from, to] = [mapping.slice(0, at), mapping.slice(at + 1)]
  const place = join(tree, to)
  const isFolder = from.endsWith('/')
  mkdirSync(isFolder ? place : dirname(place), { recursive: true })
  runTool('cp', ['--archive', isFolder ? `${from}.` : from, place])
  return to
}
