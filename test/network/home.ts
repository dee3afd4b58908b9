import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type HomeNetwork, type LanHost, startHomeNetwork } from '../support/namespaces.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

/** Texts that no packet may hold. */
export const PROMPT = 'why-do-canaries-sing'
export const ANSWER = 'because-they-can'

/** A home network with a computer (`desk`) that runs Latchkey beside a small Ollama, and another computer (`laptop`). */
export interface Home {
  readonly network: HomeNetwork
  readonly desk: LanHost
  readonly laptop: LanHost
  readonly serve: Serve
  /** The secret of a key. */
  readonly secret: string
  /** Latchkey's address for other devices, for example `https://192.168.77.2:40000`; by IPv4 unless another host is given. */
  url(host?: string): string
  /** The file with the certificate of Latchkey's authority. */
  readonly authorityFile: string
  /** A directory for the test's files, with the permissions of everybody. */
  readonly dir: string
  remove(): Promise<void>
}

const OLLAMA = fileURLToPath(new URL('answering-ollama.child.ts', import.meta.url))

/** Starts it with TLS for other devices as it is by default, or without. */
export async function startHome({ tls = true }: { tls?: boolean } = {}): Promise<Home> {
  const network = startHomeNetwork()
  const dir = await createTempDir()
  try {
    return await furnish(network, dir, tls)
  } catch (error) {
    await network.remove()
    await dir.remove()
    throw error
  }
}

async function furnish(network: HomeNetwork, dir: TempDir, tls: boolean): Promise<Home> {
  const [desk, laptop] = [network.plugIn('desk'), network.plugIn('laptop')]
  const upstream = await firstLine(desk, [process.execPath, OLLAMA, ANSWER])
  const serve = await startServe({ prefix: desk.prefix, args: ['--upstream', upstream] })
  await serve.call('PATCH /api/settings', { lan: 'all', ...(tls ? {} : { lanTls: 'off' as const }) })
  const { secret } = await serve.createKey({ name: 'laptop' })
  const authorityFile = join(dir.path, 'authority.crt')
  if (tls) await writeFile(authorityFile, (await serve.call('GET /api/lan/certificate', {})).pem)
  return {
    network,
    desk,
    laptop,
    serve,
    secret,
    url: (host = desk.address) => `${tls ? 'https' : 'http'}://${host}:${serve.port}`,
    authorityFile,
    dir: dir.path,
    async remove() {
      await serve.stop()
      await network.remove()
      await dir.remove()
    },
  }
}

/** Starts a program in a host that runs until the network is removed; resolves to the first line of its stdout. */
export async function firstLine(host: LanHost, command: readonly string[]): Promise<string> {
  const child = host.spawn(command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout as Readable })
  const [line] = (await once(lines, 'line')) as [string]
  child.stdout?.resume()
  return line
}
