import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A separate computer behind its own cable, as Linux can simulate it. It sends the beginning of an answer. */
export interface Network {
  readonly url: string
  /** Silences the computer: it sends nothing more, not even a reset. */
  vanish(): void
  remove(): Promise<void>
}

// TEST-NET-2 of RFC 5737: no real computer has this address.
const OURS = '198.51.100.1'
const THEIRS = '198.51.100.2'
const PORT = 11_434

export function canMakeNetworks(): boolean {
  const name = `latchkey-can-${process.pid}`
  if (process.getuid?.() !== 0 || spawnSync('ip', ['netns', 'add', name]).status !== 0) return false
  spawnSync('ip', ['netns', 'del', name])
  return true
}

export async function startNetwork(): Promise<Network> {
  const space = `latchkey-${process.pid}`
  const [ours, theirs] = [`lk${process.pid}a`, `lk${process.pid}b`]
  ip('netns', 'add', space)
  ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', space)
  ip('addr', 'add', `${OURS}/30`, 'dev', ours)
  ip('link', 'set', ours, 'up')
  ip('-n', space, 'addr', 'add', `${THEIRS}/30`, 'dev', theirs)
  ip('-n', space, 'link', 'set', theirs, 'up')
  const server = spawn('ip', ['netns', 'exec', space, process.execPath, '-e', BEGINNER])
  await once(createInterface(server.stdout), 'line')
  return {
    url: `http://${THEIRS}:${PORT}`,
    vanish: () => ip('-n', space, 'addr', 'flush', 'dev', theirs),
    async remove() {
      server.kill('SIGKILL')
      await once(server, 'close')
      ip('link', 'del', ours)
      ip('netns', 'del', space)
    },
  }
}

const BEGINNER = `require('node:net')
  .createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nbegun\\r\\n'))
  })
  .listen(${PORT}, () => console.log('ready'))`

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' })
}

// The kernel's Documentation/networking/proc_net_tcp: the timer's kind, 2 being keep-alive, and when it is due.
const TIMER = /^ *\d+: \S+:(?<port>[0-9A-F]{4}) \S+ 01 \S+ 02:(?<due>[0-9A-F]{8}) /gm
const TICKS_PER_SECOND = 100

/** The seconds until the next keep-alive probe on a connection of this port; undefined if there is none. */
export function keepAliveTimer(port: number | undefined): number | undefined {
  const text = readFileSync('/proc/net/tcp', 'latin1') + readFileSync('/proc/net/tcp6', 'latin1')
  for (const { groups } of text.matchAll(TIMER)) {
    if (Number.parseInt(groups?.['port'] ?? '', 16) === port) {
      return Number.parseInt(groups?.['due'] ?? '', 16) / TICKS_PER_SECOND
    }
  }
  return undefined
}
