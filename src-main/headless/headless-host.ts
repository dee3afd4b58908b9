import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import type { Host } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import { createFailures } from '../observability/failures.ts'
import { openSecretFile } from './secret-file.ts'
import { openSettingsFile } from './settings-file.ts'

export const VERSION = packageJson.version

/** The headless shell's side of the seam. Throws a PersonError `settings_damaged`. */
export function createHeadlessHost(options: {
  readonly dataDir: string
  readonly env: Host['env']
  readonly log: Log
  readonly overrides: Host['overrides']
}): Host {
  return {
    shell: 'headless',
    version: VERSION,
    dataDir: options.dataDir,
    rendererDir: join(packageRoot(), 'dist', 'renderer'),
    settingsFile: openSettingsFile(options.dataDir),
    secretVault: openSecretFile(options.dataDir),
    // What starts and ends a server is the system's affair.
    loginItem: null,
    quit: null,
    updates: null,
    log: options.log,
    failures: createFailures({ log: options.log, now: Date.now }),
    // On stderr, or in the journal of a service.
    logTail: () => '',
    env: options.env,
    overrides: options.overrides,
  }
}

/** The code runs from src-main/headless as it is written, and from dist/main (or a chunk below it) when bundled. */
function packageRoot(): string {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'package.json')) && dirname(directory) !== directory) {
    directory = dirname(directory)
  }
  return directory
}
