import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { z } from 'zod'
import type { Licence } from '#shared/console-api/licences.ts'

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url))
const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:\.(?:md|txt))?$/i
const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string().default('unknown') })

/** Collects, over several builds, the packages that are shipped. */
export interface LicenceCollector {
  readonly plugin: Plugin
  /** Writes the collected packages as JSON in alphabetical order. */
  write(file: string): void
}

export function collectLicences(): LicenceCollector {
  const folders = new Set<string>()
  return {
    plugin: {
      name: 'latchkey-licences',
      generateBundle(_, bundle) {
        for (const part of Object.values(bundle)) {
          if (part.type !== 'chunk') continue
          for (const id of Object.keys(part.modules)) noteFolder(folders, id)
          for (const id of [...part.imports, ...part.dynamicImports]) if (!(id in bundle)) noteExternal(folders, id)
        }
      },
    },
    write(file) {
      // The same package can be in two folders.
      const licences = new Map([...folders].sort().map((folder) => [nameOf(folder), licenceIn(folder)]))
      const inOrder = [...licences.values()].sort((one, other) => one.name.localeCompare(other.name))
      writeFileSync(file, JSON.stringify(inOrder))
    },
  }
}

/** The package's folder follows the last `node_modules`, because packages can contain packages. */
function noteFolder(folders: Set<string>, moduleId: string): void {
  const [, folder] = /^\0?(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(moduleId) ?? []
  if (folder !== undefined) folders.add(folder)
}

/** Imports that are neither bundled nor Node's own are shipped as packages. */
function noteExternal(folders: Set<string>, name: string): void {
  if (!name.startsWith('node:') && !builtinModules.includes(name)) folders.add(join(NODE_MODULES, name))
}

function nameOf(folder: string): string {
  const { name, version } = manifestIn(folder)
  return `${name}@${version}`
}

function manifestIn(folder: string) {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
}

function licenceIn(folder: string): Licence {
  const { name, version, license } = manifestIn(folder)
  const file = readdirSync(folder).find((entry) => LICENCE_FILE.test(entry))
  return { name, version, licence: license, text: file === undefined ? null : readFileSync(join(folder, file), 'utf8') }
}
