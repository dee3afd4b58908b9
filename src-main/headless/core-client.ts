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

/** The console's API as a command sees it, the same whether a `serve` runs or not. */
export interface CoreClient {
  /** Whether another process runs on the data directory, which then does what is asked. */
  readonly beside: boolean
  /** Rejects with a PersonError whose sentence is the core's own. */
  call<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>, id?: string): Promise<ConsoleOutput<R>>
  /** A file as it is made, and how many rows it will have. Reading it rejects when it breaks off. */
  download<R extends ConsoleExport>(file: R, input: ExportInput<R>): Promise<Download>
}

export interface Download {
  readonly rows: number
  readonly body: ReadableStream<Uint8Array>
}

type Handler = (request: Request) => Promise<Response>

// A serve that is starting or ending holds the lock for a moment without listening.
const LOCK_PATIENCE_MS = 5_000
const LOCK_PAUSE_MS = 100

/** Opens the core of a data directory for one command, and closes it after: there is only ever one writer. */
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
  const deadline = context.now() + LOCK_PATIENCE_MS
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

// A command says what went wrong in one sentence; the log belongs to serve.
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

/** What the core, or a running serve, said no to. */
export async function errorOf(response: Response): Promise<PersonError> {
  const body = consoleErrorSchema.safeParse(await response.json().catch(() => undefined))
  if (body.success) {
    const { code, message, parts } = body.data.error
    // The command line and the core it speaks with are one program.
    return new PersonError(code as PersonErrorCode, message, { parts })
  }
  return new PersonError(
    'unexpected_answer',
    `Latchkey answered ${response.status}, which this command does not expect.`,
  )
}
