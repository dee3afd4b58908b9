import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import {
  CONSOLE_API,
  type ConsoleInput,
  type ConsoleOutput,
  type ConsoleRoute,
} from '#shared/console-api/console-api.ts'
import type { IssuedKey, NewKeyInput } from '#shared/keys/key.ts'
import { callRunning } from '../../src-main/control/control-channel.ts'
import { PATIENCE_MS } from './patience.ts'
import { createTempDir, type TempDir } from './temp-dir.ts'

/** The build of `npm test`: people run the same, and it starts in a third of the time of the sources. */
export const MAIN = fileURLToPath(new URL('../../dist/main/latchkey.js', import.meta.url))

const readySchema = z.object({
  event: z.literal('ready'),
  gateway: z.string(),
  console: z.string(),
  upstream: z.string(),
  dataDir: z.string(),
})

/** A real `latchkey serve` in its own process. */
export interface Serve {
  /** `http://127.0.0.1:PORT`, from the ready line. */
  readonly gateway: string
  readonly port: number
  /** With its one-time token in the fragment. */
  readonly console: string
  readonly upstream: string
  readonly dataDir: string
  readonly process: ChildProcess
  /** Its stderr output so far. */
  stderr(): string
  /** Calls the running process like the command line does, without the second that a process needs to start. */
  call<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>, id?: string): Promise<ConsoleOutput<R>>
  createKey(key?: Partial<NewKeyInput>): Promise<IssuedKey>
  /** Runs a command on its data directory. */
  run(...args: string[]): Promise<CommandResult>
  /** SIGTERM, then waits; resolves to the exit code. Removes the data directory if this made it. */
  stop(): Promise<number | null>
}

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartServeOptions {
  readonly args?: readonly string[]
  readonly dataDir?: string
  /** The program's file; `MAIN` by default. */
  readonly main?: string
  /** Additional environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** The words before its command, for example those of a host of a home network. */
  readonly prefix?: readonly string[]
}

/** Starts `latchkey serve --json` on free ports. `args` default to `--demo`, which includes the sample upstream. */
export async function startServe(options: StartServeOptions = {}): Promise<Serve> {
  const own = options.dataDir === undefined ? await createTempDir() : undefined
  const dataDir = options.dataDir ?? (own as TempDir).path
  const fixed = ['serve', '--json', '--no-open', '--port', '0', '--console-port', '0', '--data-dir', dataDir]
  const child = spawnLatchkey([...fixed, ...(options.args ?? ['--demo'])], options)
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ready = await readyLine(child, () => stderr)

  const run = (...args: string[]) => runLatchkey([...args, '--data-dir', dataDir])
  const call: Serve['call'] = async (route, input, id = '') => {
    const [method = '', template = ''] = route.split(' ')
    const path = template.replace(':id', id)
    const json = { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(input) }
    const asked = new Request(`http://latchkey${path}${method === 'GET' ? queryOf(input) : ''}`, {
      method,
      ...(method === 'GET' ? {} : json),
    })
    const response = await callRunning(dataDir, asked).catch((cause: unknown) => {
      const end = child.exitCode ?? child.signalCode
      throw end === null ? cause : new Error(`latchkey serve has ended (${end}): ${stderr}`, { cause })
    })
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`)
    return CONSOLE_API[route].output.parse(await response.json()) as ConsoleOutput<typeof route>
  }
  return {
    ...ready,
    port: Number(new URL(ready.gateway).port),
    process: child,
    stderr: () => stderr,
    run,
    call,
    createKey: (key = {}) => call('POST /api/keys', { name: 'Test', ...key }),
    stop: async () => {
      const code = await endOf(child)
      await own?.remove()
      return code
    },
  }
}

function queryOf(input: object): string {
  const given = Object.entries(input).map(([name, value]) => [name, String(value)])
  return given.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(given) as Record<string, string>)}`
}

/** Runs one command and waits for its end. */
export async function runLatchkey(args: readonly string[]): Promise<CommandResult> {
  const child = spawnLatchkey(args)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}

function spawnLatchkey(
  args: readonly string[],
  { main = MAIN, env = {}, prefix = [] }: StartServeOptions = {},
): ChildProcess {
  const [program = '', ...rest] = [...prefix, process.execPath, main, ...args]
  return spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
}

async function readyLine(child: ChildProcess, stderr: () => string): Promise<z.infer<typeof readySchema>> {
  if (child.stdout === null) throw new Error('no stdout')
  const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  try {
    for await (const line of createInterface({ input: child.stdout })) return readySchema.parse(JSON.parse(line))
    throw new Error(`latchkey serve ended before it was ready: ${stderr()}`)
  } finally {
    clearTimeout(deadline)
    child.stdout.resume()
  }
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
  return child.exitCode
}
