import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { Sequencer } from '../../../src-main/base/sequencer.ts'

/** A core that is stopping lets running answers end. In development they can be cut off. */
const PATIENCE_MS = 500

const readySchema = z.object({ event: z.literal('ready'), gateway: z.url(), console: z.url() })
export type CoreAddresses = z.infer<typeof readySchema>

interface DevCoreOptions {
  readonly root: string
  readonly dataDir: string
  /** 0: any free port, which it keeps when it restarts. */
  readonly gatewayPort: number
  readonly consolePort: number
}

/** `latchkey serve --demo` from the sources, which Node runs as they are. Its messages go to this process's stderr. */
export class DevCore {
  readonly #options: DevCoreOptions
  readonly #sequencer = new Sequencer()
  #ports: readonly [gateway: number, console: number]
  #child: ChildProcess | undefined
  #isStopped = false

  constructor(options: DevCoreOptions) {
    this.#options = options
    this.#ports = [options.gatewayPort, options.consolePort]
  }

  /** The address behind which the core's console is, without a token. Only valid after `start`. */
  get consoleOrigin(): string {
    return `http://127.0.0.1:${this.#ports[1]}`
  }

  /** Rejects with a sentence if the core ends before it is ready; why is in its own messages. */
  start(): Promise<CoreAddresses> {
    return this.#sequencer.queue(() => this.#start())
  }

  /** Ends the process and starts another. A core that does not start, such as for a typo, waits for the next change. */
  async restart(): Promise<void> {
    await this.#sequencer.queue(async () => {
      await this.#end()
      if (this.#isStopped) return
      await this.#start().then(
        () => console.log('The core has restarted.'),
        () => console.error('The core did not start. It tries again after the next change.'),
      )
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#sequencer.queue(() => this.#end())
  }

  async #start(): Promise<CoreAddresses> {
    const { root, dataDir } = this.#options
    const [gateway, console] = this.#ports
    const args = ['--demo', '--json', '--no-open', '--port', String(gateway), '--console-port', String(console)]
    const entry = join(root, 'src-main/headless/main.ts')
    const child = spawn(process.execPath, [entry, 'serve', ...args, '--data-dir', dataDir], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    const ready = await readyLine(child)
    this.#ports = [Number(new URL(ready.gateway).port), Number(new URL(ready.console).port)]
    return ready
  }

  async #end(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    // The second signal ends it at once.
    const hurry = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS)
    await ended
    clearTimeout(hurry)
  }
}

async function readyLine({ stdout }: ChildProcess): Promise<CoreAddresses> {
  if (stdout === null) throw new Error('The core has no output.')
  for await (const line of createInterface({ input: stdout })) return readySchema.parse(JSON.parse(line))
  throw new Error('The core ended before it was ready.')
}
