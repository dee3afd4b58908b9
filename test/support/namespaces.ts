import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { until } from './until.ts'
import { type Capture, startCapture } from './wire-capture.ts'

/**
 * A home network on this computer: each host is a network namespace of Linux with its own name, its own loopback and a cable (a
 * veth pair) to one switch (a bridge in a namespace of its own). Nothing of it is visible to the computer's real networks.
 * Multicast works. The switch is also the default router, which leads nowhere: the internet is unreachable at once.
 */
export interface HomeNetwork {
  /** Plugs in a host: 192.168.77.2 and fd00:77::2 for the first, then .3, and so on. */
  plugIn(name: string): LanHost
  /** Records everything that passes the switch. Needs tcpdump. */
  capture(): Promise<Capture>
  /** Ends all processes of all hosts, then removes the hosts. */
  remove(): Promise<void>
}

export interface LanHost {
  /** Its host name, for example `desk`. */
  readonly name: string
  /** IPv4, without the length of the prefix, which is 24. */
  readonly address: string
  /** IPv6, without the length of the prefix, which is 64. */
  readonly address6: string
  /** A command begins with these words to run in this host. The process that they start becomes the command. */
  readonly prefix: readonly string[]
  spawn(command: readonly string[], options?: SpawnOptions): ChildProcess
  /** Runs a command with `input` on its stdin, and waits for its end. */
  run(
    command: readonly string[],
    options?: { readonly input?: string; readonly env?: NodeJS.ProcessEnv },
  ): Promise<Ended>
  /** Its hosts file: addresses by name, instead of those before. */
  resolve(names: Readonly<Record<string, string>>): void
  /** `ip ARGS` in this host; its cable is `eth0`. New addresses are usable at once. */
  ip(...args: readonly string[]): void
  /** From now on its cable loses this share of the packets, in percent, in each direction. Needs nft. */
  lose(percent: number): void
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Also the beginning of the names of left-over namespaces that are removed. */
const PREFIX = 'latchkey-home'
const CONFIGURATION = '/etc/netns'
const SUBNET = '192.168.77'
const SUBNET6 = 'fd00:77:'
const PROGRAMS = ['ip', 'unshare']

let networks = 0

/** Why no hosts can be made here, or undefined. `programs` are those that the tests need. */
export function skipReason(...programs: readonly string[]): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has network namespaces'
  if (process.getuid?.() !== 0) return 'only root can make network namespaces'
  const missing = [...PROGRAMS, ...programs].filter((name) => spawnSync(name, ['--version']).error !== undefined)
  if (missing.length > 0) return `these programs are missing: ${missing.join(' ')}`
  return canMakeHosts() ? undefined : 'this kernel or container allows no network namespaces, bridges or veth pairs'
}

/** Tests that need hosts; skipped with the reason where there can be none. */
export function inNamespaces(programs: readonly string[], tests: () => void): void {
  describe('between computers', () => {
    const reason = skipReason(...programs)
    if (reason !== undefined) it('nothing is tested', ({ skip }) => skip(reason))
    else tests()
  })
}

/** An empty network. A test process that ends also removes it; one that is killed leaves it to the next. */
export function startHomeNetwork(): HomeNetwork {
  sweep()
  const spaces: string[] = []
  const add = (name: string) => {
    const space = `${PREFIX}-${process.pid}-${networks}-${name}`
    spaces.push(space)
    addSpace(space)
    return space
  }
  const removeNow = () => spaces.splice(0).forEach(removeSpace)
  process.once('exit', removeNow)
  networks++
  const middle = add('switch')
  makeSwitch(middle)
  const hosts: Host[] = []
  return {
    plugIn(name) {
      const host = new Host(name, { space: add(name), middle, number: hosts.length + 2 })
      hosts.push(host)
      return host
    },
    capture: () => startCapture({ prefix: inSpace(middle), interface: 'br0', marker: `${SUBNET}.2` }),
    async remove() {
      spaces.forEach(endProcesses)
      await until(() => spaces.every((space) => processesIn(space).length === 0), 'the end of the hosts’ processes')
      removeNow()
      process.off('exit', removeNow)
    },
  }
}

class Host implements LanHost {
  readonly name: string
  readonly address: string
  readonly address6: string
  readonly prefix: readonly string[]
  readonly #space: string
  /** The two ends of its cable. */
  readonly #ends: readonly (readonly [space: string, device: string])[]

  constructor(name: string, { space, middle, number }: { space: string; middle: string; number: number }) {
    this.name = name
    this.#space = space
    this.address = `${SUBNET}.${number}`
    this.address6 = `${SUBNET6}:${number}`
    this.prefix = [...inSpace(space), 'unshare', '--uts', 'sh', '-c', NAMED, name]
    const port = `port${number}`
    this.#ends = [
      [space, 'eth0'],
      [middle, port],
    ]
    ip('-n', middle, 'link', 'add', port, 'master', 'br0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space)
    ip('-n', middle, 'link', 'set', port, 'up')
    this.ip('link', 'set', 'eth0', 'up')
    this.ip('addr', 'add', `${this.address}/24`, 'dev', 'eth0')
    this.ip('route', 'add', 'default', 'via', `${SUBNET}.1`)
    if (HAS_IPV6) this.ip('addr', 'add', `${this.address6}/64`, 'dev', 'eth0')
    this.resolve({})
  }

  spawn(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [program = '', ...args] = [...this.prefix, ...command]
    return spawn(program, args, options)
  }

  async run(
    command: readonly string[],
    { input = '', env = process.env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<Ended> {
    const child = this.spawn(command, { stdio: 'pipe', env })
    let [stdout, stderr] = ['', '']
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // The program may end without reading all of it.
    child.stdin?.on('error', () => undefined).end(input)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout, stderr }
  }

  resolve(names: Readonly<Record<string, string>>): void {
    const all = { localhost: '127.0.0.1', [this.name]: '127.0.1.1', ...names }
    const lines = Object.entries(all).map(([name, address]) => `${address} ${name}\n`)
    writeFileSync(join(CONFIGURATION, this.#space, 'hosts'), lines.join(''))
  }

  ip(...args: readonly string[]): void {
    ip('-n', this.#space, ...args)
  }

  lose(percent: number): void {
    for (const [space, device] of this.#ends) {
      // Not netem, which is missing from some kernels. At each end, what arrives is lost.
      const chain = `type filter hook ingress device "${device}" priority 0; numgen random mod 100 < ${percent} drop;`
      runIn(space, `nft 'table netdev loss { chain arriving { ${chain} }; }'`)
    }
  }
}

/** A script of `sh` that names the host and becomes the command. */
const NAMED = 'echo "$0" > /proc/sys/kernel/hostname && exec "$@"'
const HAS_IPV6 = existsSync('/proc/net/if_inet6')
/** Otherwise the kernel looks for a second host with the same address for a second. */
const NO_DUPLICATE_SEARCH = 'for each in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 > "$each"; done'
/** Only a router says that it knows no way; another host drops foreign packets without a word. */
const SAYS_UNREACHABLE = 'echo 1 > /proc/sys/net/ipv4/ip_forward'

function addSpace(space: string): void {
  mkdirSync(join(CONFIGURATION, space), { recursive: true })
  // `ip netns exec` shows these instead of the computer's own; no program in a host may ask the computer's name server.
  writeFileSync(join(CONFIGURATION, space, 'hosts'), '')
  writeFileSync(join(CONFIGURATION, space, 'resolv.conf'), 'nameserver 127.0.0.1\n')
  ip('netns', 'add', space)
  ip('-n', space, 'link', 'set', 'lo', 'up')
  if (HAS_IPV6) runIn(space, NO_DUPLICATE_SEARCH)
}

function makeSwitch(space: string): void {
  // With snooping, it would forget who listens to multicast, because no router asks them.
  ip('-n', space, 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0')
  ip('-n', space, 'link', 'set', 'br0', 'up')
  ip('-n', space, 'addr', 'add', `${SUBNET}.1/24`, 'dev', 'br0')
  runIn(space, SAYS_UNREACHABLE)
}

function inSpace(space: string): string[] {
  return ['ip', 'netns', 'exec', space]
}

function runIn(space: string, script: string): void {
  const [program, ...args] = [...inSpace(space), 'sh', '-c', script]
  execFileSync(program, args, { stdio: 'pipe' })
}

function processesIn(space: string): number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', space], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

function endProcesses(space: string): void {
  for (const pid of processesIn(space)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has just ended.
    }
  }
}

function removeSpace(space: string): void {
  endProcesses(space)
  spawnSync('ip', ['netns', 'del', space])
  rmSync(join(CONFIGURATION, space), { recursive: true, force: true })
}

/** Removes what test processes that are no more have left behind. */
function sweep(): void {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' })
  for (const [space, pid] of stdout.matchAll(new RegExp(`^${PREFIX}-(\\d+)-[\\w-]+`, 'gm'))) {
    if (!existsSync(`/proc/${pid}`)) removeSpace(space)
  }
}

function canMakeHosts(): boolean {
  const space = `${PREFIX}-${process.pid}-trial`
  try {
    addSpace(space)
    makeSwitch(space)
    ip('-n', space, 'link', 'add', 'one', 'master', 'br0', 'type', 'veth', 'peer', 'name', 'other')
    return true
  } catch {
    return false
  } finally {
    removeSpace(space)
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' })
}
