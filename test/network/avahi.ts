import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LanHost } from '../support/namespaces.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

/** The responder of most Linux systems, in a host of a home network. */
export interface Avahi {
  /** The host's name as Avahi announces it: `desk`, or `desk-2` after a conflict. */
  readonly hostName: () => Promise<string>
  /** The rows of `avahi-browse`: name, host, address and port of every Latchkey, for this IP version. */
  browse(ip: 'IPv4' | 'IPv6'): Promise<Browsed[]>
  /** The address of a name. Empty if nobody answers. */
  resolve(name: string): Promise<string>
  stop(): Promise<void>
}

export interface Browsed {
  readonly name: string
  readonly host: string
  readonly address: string
  readonly port: number
  readonly text: string
}

/** A message bus of its own, because the one of this computer is not for hosts of tests. */
const BUS = (socket: string) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
</busconfig>`
const CONFIG = '[server]\nuse-ipv4=yes\nuse-ipv6=yes\nallow-interfaces=eth0\n[publish]\npublish-workstation=no\n'
/** Each daemon gets a directory of its own for its process id. */
const ALONE = 'mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon && exec "$@"'

export async function startAvahi(host: LanHost): Promise<Avahi> {
  const dir = await createTempDir()
  const socket = join(dir.path, 'bus')
  await writeFile(join(dir.path, 'bus.conf'), BUS(socket))
  await writeFile(join(dir.path, 'avahi.conf'), CONFIG)
  const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` }
  const stdio = ['ignore', 'ignore', 'pipe'] as const
  const bus = host.spawn(['dbus-daemon', '--nofork', '--nopidfile', `--config-file=${join(dir.path, 'bus.conf')}`], {
    stdio: 'ignore',
  })
  await until(async () => (await host.run(['test', '-S', socket])).code === 0, 'the message bus')
  const command = ['avahi-daemon', '--no-drop-root', '--no-chroot', '--no-rlimits', '-f', join(dir.path, 'avahi.conf')]
  const daemon = host.spawn(['unshare', '--mount', 'sh', '-c', ALONE, 'sh', ...command], { stdio: [...stdio], env })
  let said = ''
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const nameIn = () => [...said.matchAll(/Host name is ([\w-]+)\.local/g)].at(-1)?.[1]
  await until(() => {
    if (daemon.exitCode !== null) throw new Error(`avahi-daemon ended: ${said}`)
    return said.includes('Server startup complete')
  }, 'avahi-daemon')
  const run = async (...args: string[]) => (await host.run(args, { env })).stdout
  return {
    hostName: () => until(nameIn, 'the host’s name'),
    browse: async (ip) =>
      browsed(await run('avahi-browse', '--resolve', '--parsable', '--terminate', '_latchkey._tcp'), ip),
    resolve: async (name) => (await run('avahi-resolve', '-4', '-n', name)).split(/\s+/)[1] ?? '',
    async stop() {
      daemon.kill('SIGTERM')
      await once(daemon, 'close')
      bus.kill('SIGTERM')
      await dir.remove()
    },
  }
}

/** `=;eth0;IPv4;Latchkey\032on\032desk;_latchkey._tcp;local;desk.local;192.168.77.2;11500;"tls=1" ...` */
function browsed(output: string, ip: string): Browsed[] {
  return output.split('\n').flatMap((line) => {
    const [kind, , family, name = '', , , host = '', address = '', port, text = ''] = line.split(';')
    if (kind !== '=' || family !== ip) return []
    const plain = name.replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number(code)))
    return [{ name: plain, host, address, port: Number(port), text }]
  })
}
