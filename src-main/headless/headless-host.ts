import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import type { Host, Siblings } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import { FailureLog } from '../observability/failures.ts'
import { prepareDataDir } from '../settings/data-dir.ts'
import { openSecretFile } from './secret-file.ts'
import { openSettingsFile } from './settings-file.ts'

/** The variables of the environment that choose a shared database. */
export const DATABASE_VARIABLES = {
  url: 'LATCHKEY_DATABASE_URL',
  passwordFile: 'LATCHKEY_DATABASE_PASSWORD_FILE',
} as const

export const VERSION = packageJson.version

/** One of several processes on one port. */
export interface HostWorker {
  readonly number: number
  readonly siblings: Siblings
}

/** The headless shell's implementation of the host. Throws a PersonError `settings_damaged`. */
export function createHeadlessHost(options: {
  readonly dataDir: string
  readonly env: Host['env']
  readonly log: Log
  readonly overrides: Host['overrides']
  /** Absent for a process that is the only one of its data directory. */
  readonly worker?: HostWorker
}): Host {
  const { worker } = options
  const ownDir = worker === undefined ? options.dataDir : prepareDataDir(workerDir(options.dataDir, worker.number))

  return {
    shell: 'headless',
    version: VERSION,
    // Each process but the main one has its own files.
    dataDir: worker?.siblings.isMain === false ? ownDir : options.dataDir,
    lockDir: ownDir,
    siblings: worker?.siblings ?? null,
    rendererDir: join(packageRoot(), 'dist', 'renderer'),
    settingsFile: openSettingsFile(options.dataDir),
    secretVault: (name) => openSecretFile(options.dataDir, name),
    // The system starts and ends a server, not Latchkey.
    loginItem: null,
    quit: null,
    updates: null,
    log: options.log,
    failures: new FailureLog({ log: options.log, now: Date.now }),
    // The log goes to stderr or to a service's journal.
    logTail: () => '',
    database: databaseOf(options.env),
    env: options.env,
    overrides: options.overrides,
  }
}

/** The shared database that the environment names, if any. The flags of a command are put into its environment. */
export function databaseOf(env: Host['env']): Host['database'] {
  const url = env[DATABASE_VARIABLES.url]?.trim()
  if (url === undefined || url === '') return null
  return { url, passwordFile: env[DATABASE_VARIABLES.passwordFile]?.trim() || undefined }
}

function workerDir(dataDir: string, number: number): string {
  return join(dataDir, 'workers', String(number))
}

/** The code runs from src-main/headless in development and from dist/main (or a chunk below it) when bundled. */
function packageRoot(): string {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'package.json')) && dirname(directory) !== directory) {
    directory = dirname(directory)
  }
  return directory
}
