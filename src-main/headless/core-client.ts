import { setTimeout as delay } from 'node:timers/promises'
import {
  CONSOLE_API,
  type ConsoleExport,
  type ConsoleInput,
  type ConsoleOutput,
  type ConsoleRoute,
  consoleErrorSchema,
  EXPORT_ROWS_HEADER,
  type ExportInput,
} from '#shared/console-api/console-api.ts'
import { PersonError, type PersonErrorCode } from '#shared/text/person-error.ts'
import type { App } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import { callRunning } from '../control/control-channel.ts'
import { createLog } from '../observability/log.ts'
import { prepareDataDir } from '../settings/data-dir.ts'
import type { CommandContext } from './commands/command-context.ts'
import { createHeadlessHost } from './headless-host.ts'

/** The console's API for commands, the same with and without a running `serve`. */
export interface CoreClient {
  /** True if another process runs on the data directory. That process then handles the calls. */
  readonly beside: boolean
  /** Rejects with a PersonError that has the core's sentence. */
  call<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>, id?: string): Promise<ConsoleOutput<R>>
  /** Streams an export, with its number of rows. Reading rejects if the export fails midway. */
  download<R extends ConsoleExport>(file: R, input: ExportInput<R>): Promise<Download>
}

export interface Download {
  readonly rows: number
  readonly body: ReadableStream<Uint8Array>
}

type Handler = (request: Request) => Promise<Response>

// A `serve` that starts or stops holds the lock briefly without listening.
const LOCK_TIMEOUT_MS = 5_000
const LOCK_PAUSE_MS = 100

/**
 * Opens the core of a data directory for one command and closes it afterwards, so that only one process writes at a
 * time.
 */
export async function withCore<T>(
  dataDir: string,
  context: CommandContext,
  work: (core: CoreClient) => Promise<T>,
): Promise<T> {
  const path = prepareDataDir(dataDir)
  const alone = await openAloneOrFindRunning(path, context)
  if (alone === undefined) return work(clientOf((request) => callRunning(path, request), true))
  try {
    for (const notice of alone.state().notices) context.warn(notice.message)
    return await work(clientOf(alone.commandLine, false))
  } finally {
    await alone.stop(0)
  }
}

async function openAloneOrFindRunning(dataDir: string, context: CommandContext): Promise<App | undefined> {
  const deadline = context.now() + LOCK_TIMEOUT_MS
  for (;;) {
    try {
      return await createApp(createHeadlessHost({ dataDir, env: context.env, log: SILENT, overrides: {} }))
    } catch (error) {
      if (!hasCode(error, 'already_running')) throw error
      if (await isListening(dataDir)) return undefined
      if (context.now() > deadline) throw error
      await delay(LOCK_PAUSE_MS)
    }
  }
}

// A command reports an error in one sentence. Only `serve` logs.
const SILENT = createLog({ write: () => undefined }, 'silent')

async function isListening(dataDir: string): Promise<boolean> {
  try {
    await callRunning(dataDir, new Request('http://latchkey/api/state'))
    return true
  } catch (error) {
    if (hasCode(error, 'not_running')) return false
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof PersonError && error.code === code
}

function clientOf(handler: Handler, beside: boolean): CoreClient {
  return {
    beside,
    call: async (route, input, id = '') => {
      const response = await handler(requestOf(route, input, id))
      if (!response.ok) throw await errorOf(response)
      return CONSOLE_API[route].output.parse(await response.json()) as ConsoleOutput<typeof route>
    },
    download: async (file, input) => {
      const response = await handler(requestOf(file, input, ''))
      if (!response.ok || response.body === null) throw await errorOf(response)
      return { rows: Number(response.headers.get(EXPORT_ROWS_HEADER)), body: response.body }
    },
  }
}

function requestOf(route: ConsoleRoute | ConsoleExport, input: object, id: string): Request {
  const [method = 'GET', template = ''] = route.split(' ')
  const url = new URL(template.replace(':id', encodeURIComponent(id)), 'http://latchkey')
  if (method !== 'GET') {
    const headers = { 'Content-Type': 'application/json' }
    return new Request(url, { method, headers, body: JSON.stringify(input) })
  }
  for (const [name, value] of Object.entries(input)) if (value !== undefined) url.searchParams.set(name, String(value))
  return new Request(url)
}

/** The error in a response of the core or of a running `serve`. */
export async function errorOf(response: Response): Promise<PersonError> {
  const body = consoleErrorSchema.safeParse(await response.json().catch(() => undefined))
  if (body.success) {
    const { code, message, parts } = body.data.error
    // The command line and its core have the same version, so the code is known.
    return new PersonError(code as PersonErrorCode, message, { parts })
  }
  return new PersonError(
    'unexpected_answer',
    `Latchkey answered ${response.status}, which this command does not expect. Run: latchkey doctor`,
  )
}
