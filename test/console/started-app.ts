import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CONSOLE_API,
  type ConsoleInput,
  type ConsoleOutput,
  type ConsoleRoute,
} from '#shared/console-api/console-api.ts'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { App } from '../../src-main/app/app.ts'
import { createApp } from '../../src-main/app/create-app.ts'
import type { Host } from '../../src-main/base/host.ts'
import { OWNER_AT_WINDOW } from '../../src-main/console-api/caller.ts'
import { openSecretFile } from '../../src-main/headless/secret-file.ts'
import { openSettingsFile } from '../../src-main/headless/settings-file.ts'
import { FailureLog } from '../../src-main/observability/failures.ts'
import { createLog } from '../../src-main/observability/log.ts'
import { type SampleUpstream, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { createTempDir } from '../support/temp-dir.ts'

export interface StartedApp {
  readonly app: App
  readonly dataDir: string
  readonly upstream: SampleUpstream
  /** Every event since the app was made. */
  readonly events: AppEvent[]
  /** Everything that went to the log. */
  log(): string
  gatewayUrl(): string
  /** One request to the console's handler; `path` with its query. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** Calls a route that must answer 200. */
  call<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>, id?: string): Promise<ConsoleOutput<R>>
  /** The content of every file in the data directory, one character per byte. */
  bytesOnDisk(): Promise<string>
  stop(): Promise<void>
}

export interface StartOptions {
  readonly overrides?: Host['overrides']
  readonly env?: Host['env']
  /** The content of settings.json before the start. */
  readonly settings?: string
  /** Between two pieces of the sample's answers. */
  readonly chunkDelayMs?: number
  /** Folders in the data directory before the start. */
  readonly folders?: readonly string[]
  /** Other files in the data directory before the start, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** The end of the shell's log file. */
  readonly logTail?: string
  readonly loginItem?: Host['loginItem']
  readonly quit?: Host['quit']
  readonly updates?: Host['updates']
  /** The address of a shared database. */
  readonly database?: string
  /** Where the built renderer is; by default one in small. */
  readonly rendererDir?: string
}

export const DOCUMENT = '<!doctype html><html lang="en"><title>Latchkey</title></html>'

/** The whole core as the shells make it: real files, a real gateway on a free port, the sample upstream behind it. */
export async function startApp(options: StartOptions = {}): Promise<StartedApp> {
  const dir = await createTempDir()
  const dataDir = join(dir.path, 'data')
  await mkdir(dataDir, { mode: 0o700 })
  if (options.settings !== undefined) await writeFile(join(dataDir, 'settings.json'), options.settings)
  for (const name of options.folders ?? []) await mkdir(join(dataDir, name))
  for (const [name, content] of Object.entries(options.files ?? {})) await writeFile(join(dataDir, name), content)
  const upstream = await startSampleUpstream({ chunkDelayMs: options.chunkDelayMs ?? 0 })
  const rendererDir = options.rendererDir ?? (await writeRenderer(dir.path))
  let log = ''
  const host = hostOn(dataDir, rendererDir, {
    ...options,
    overrides: { gatewayPort: 0, upstream: upstream.url, ...options.overrides },
    write: (line) => (log += line),
  })
  const remove = async () => {
    await upstream.close()
    await dir.remove()
  }
  const app = await createApp(host).catch(async (error: unknown) => {
    await remove()
    throw error
  })
  const events: AppEvent[] = []
  app.subscribe((event) => events.push(event))
  await app.start()
  const ask = (path: string, init?: RequestInit) =>
    app.console(new Request(`http://console${path}`, init), OWNER_AT_WINDOW)
  return {
    app,
    dataDir,
    upstream,
    events,
    log: () => log,
    gatewayUrl: () => `http://127.0.0.1:${app.state().gateway.port}`,
    ask,
    call: async (route, input, id = '') => {
      const response = await ask(...requestOf(route, input, id))
      if (response.status !== 200) throw new Error(`${route}: ${response.status} ${await response.text()}`)
      return CONSOLE_API[route].output.parse(await response.json()) as ConsoleOutput<typeof route>
    },
    bytesOnDisk: () => readAll(dataDir),
    stop: async () => {
      await app.stop(0)
      await remove()
    },
  }
}

/** A host as an entry makes it, on directories that exist. */
export function hostOn(
  dataDir: string,
  rendererDir: string,
  options: Pick<StartOptions, 'database' | 'overrides' | 'env' | 'logTail' | 'loginItem' | 'quit' | 'updates'> & {
    write?: (line: string) => void
  } = {},
): Host {
  const log = createLog({ write: options.write ?? (() => undefined) }, 'info')
  return {
    shell: 'headless',
    version: '1.2.3',
    dataDir,
    lockDir: dataDir,
    siblings: null,
    rendererDir,
    settingsFile: openSettingsFile(dataDir),
    secretVault: (name) => openSecretFile(dataDir, name),
    loginItem: options.loginItem ?? null,
    quit: options.quit ?? null,
    updates: options.updates ?? null,
    log,
    failures: new FailureLog({ log, now: Date.now }),
    logTail: () => options.logTail ?? '',
    database: options.database === undefined ? null : { url: options.database, passwordFile: undefined },
    env: options.env ?? {},
    overrides: options.overrides ?? {},
  }
}

/** The request that the renderer's `call` sends for a route. */
export function requestOf(route: ConsoleRoute, input: object, id = ''): [path: string, init: RequestInit] {
  const [method = '', template = ''] = route.split(' ')
  const path = template.replace(':id', id)
  if (method === 'GET')
    return [`${path}?${new URLSearchParams(Object.entries(input).map(([k, v]) => [k, String(v)]))}`, {}]
  return [path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(input) }]
}

/** A built renderer in small: the names are as the bundler makes them. */
async function writeRenderer(parent: string): Promise<string> {
  const directory = join(parent, 'renderer')
  await mkdir(join(directory, 'assets'), { recursive: true })
  await writeFile(join(directory, 'index.html'), DOCUMENT)
  await writeFile(join(directory, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(directory, 'assets', 'index-Ab3_d-9x.js'), 'export {}')
  await writeFile(join(parent, 'outside.txt'), 'not for the console')
  return directory
}

async function readAll(directory: string): Promise<string> {
  const entries = await readdir(directory, { withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(directory, entry.name), 'latin1'))
  return (await Promise.all(files)).join('')
}
