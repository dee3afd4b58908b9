import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { runTool } from './tool.ts'

/** A package as electron-builder's arguments describe it. */
export interface PackagePlan {
  readonly kind: 'deb' | 'rpm'
  readonly name: string
  readonly version: string
  /** Debian's name: `amd64`. */
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
  /** Macros for rpmbuild: name and value, with a space between. */
  readonly defines: readonly string[]
  /** Paths of the scripts that run after installation and after removal. */
  readonly afterInstall: string
  readonly afterRemove: string
  /** The folder with the package's files, in place of the root. */
  readonly tree: string
  /** The installed paths of these files and folders. */
  readonly contents: readonly string[]
  /** A folder for the tools' other files. */
  readonly work: string
  /** The path of the package to make. */
  readonly file: string
}

const text = { type: 'string' } as const
const list = { ...text, multiple: true, default: [] as string[] } as const
/** The arguments that electron-builder (app-builder-lib, FpmTarget.ts) and its configuration pass to fpm. Others fail. */
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
  // Ignored: a package made here owns each folder that it contains as a whole.
  directories: list,
} as const

/** Reads fpm's arguments, and collects the package's files in `work`. Throws for an unknown argument. */
export function readPlan(args: string[], work: string): PackagePlan {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
  const option = (name: keyof typeof OPTIONS): string => {
    const value = values[name]
    if (typeof value !== 'string') throw new Error(`The option --${name} is missing`)
    return value
  }
  const kind = option('t')
  if (kind !== 'deb' && kind !== 'rpm') throw new Error(`Packages of the type ${kind} are not supported`)
  const tree = join(work, 'tree')
  const contents = positionals.map((mapping) => put(mapping, tree))
  // The builder's umask must not decide who can read the files.
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

/** Copies a file, or the contents of a folder, by `from=to`, and returns `to`. */
function put(mapping: string, tree: string): string {
  const at = mapping.lastIndexOf('=')
  const [from, to] = [mapping.slice(0, at), mapping.slice(at + 1)]
  const place = join(tree, to)
  const isFolder = from.endsWith('/')
  mkdirSync(isFolder ? place : dirname(place), { recursive: true })
  runTool('cp', ['--archive', isFolder ? `${from}.` : from, place])
  return to
}
