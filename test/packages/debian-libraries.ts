import { asRoot } from './throw-away-system.ts'

/**
 * The packages of Debian with the libraries that the files of an app are linked with, which a deb does not bring in by what
 * it depends on. All of them are there where this runs, so installing the deb would not show that one is missing.
 */
export function lackingPackages(app: string, deb: string): string[] {
  const reached = reachedFrom(namesIn(asRoot('dpkg-deb', '--field', deb, 'Depends')))
  return packagesOf(librariesOf(app)).filter((name) => !reached.has(name))
}

/** Paths of the system's libraries that the app's own files name. */
function librariesOf(app: string): string[] {
  const files = asRoot('find', app, '-name', 'latchkey', '-o', '-name', '*.so*', '-o', '-name', '*.node')
  const dynamic = asRoot('readelf', '--dynamic', '--wide', ...files.trim().split('\n'))
  const names = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => String(name))
  const known = [...asRoot('/sbin/ldconfig', '-p').matchAll(/^\t(\S+) .*=> (.*)$/gm)]
  const paths = new Map(known.map(([, name, path]) => [String(name), String(path)]).reverse() as [string, string][])
  return names.flatMap((name) => paths.get(name) ?? [])
}

/** Some packages name a file by /lib, which is a link to /usr/lib. */
function packagesOf(paths: readonly string[]): string[] {
  const ends = new Set(paths.map((path) => `*${path.replace(/^\/usr/, '')}`))
  const lines = asRoot('dpkg-query', '--search', ...ends)
    .trim()
    .split('\n')
  return [...new Set(lines.map((line) => String(line.split(':')[0])))].sort()
}

/** All direct and indirect dependencies of these packages. */
function reachedFrom(names: readonly string[]): ReadonlySet<string> {
  const format = '${Package}\t${Provides}\t${Pre-Depends},${Depends}\n'
  const rows = asRoot('dpkg-query', '--show', `--showformat=${format}`).split('\n')
  const packages = new Map<string, string[]>()
  for (const [name = '', provides = '', depends = ''] of rows.map((row) => row.split('\t')))
    for (const one of [name, ...namesIn(provides)]) packages.set(one, [name, ...namesIn(depends)])
  const reached = new Set<string>()
  const follow = (name: string) => {
    if (reached.has(name)) return
    reached.add(name)
    for (const one of packages.get(name) ?? []) follow(one)
  }
  names.forEach(follow)
  return reached
}

/** The names in a relationship field (Debian policy 7.1). */
function namesIn(field: string): string[] {
  return field.split(/[,|]/).flatMap((part) => /^\s*([a-z0-9][a-z0-9+.-]+)/.exec(part)?.[1] ?? [])
}
