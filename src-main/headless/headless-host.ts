import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import type { Host } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import { FailureLog } from '../observability/failures.ts'
import { openSecretFile } from './secret-file.ts'
import { openSettingsFile } from './settings-file.ts'

export const VERSION = packageJson.version

/** The headless shell's implementation of the host. Throws a PersonError `settings_damaged`. */
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
    // The system starts and ends a server, not Latchkey.
    loginItem: null,
    quit: null,
    updates: null,
    log: options.log,
    failures: new FailureLog({ log: options.log, now: Date.now }),
    // The log goes to stderr or to a service's journal.
    logTail: () => '',
    env: options.env,
    overrides: options.overrides,
  }
}

/** The code runs from src-main/headless in development and from dist/main (or a chunk below it) when bundled. */
function packageRoot(): string {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'package.json')) && dirname(directory) !== directory) {
    directory = dirname(directory)
  }
  return directory
}
