import { readdir, readFile, readlink } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import type { Connection, End, Program } from './program.ts'
import { plainAddress, programAt } from './program.ts'

// Formats: proc_net_tcp in the kernel's documentation, and proc(5).
/** Processes that are looked at together: one after another takes a second on a full desktop. */
const AT_ONCE = 32
const ESTABLISHED = '01'
const MAPPED = '0000000000000000FFFF0000'
const V6_LOOPBACK = '00000000000000000000000001000000'

/** Finds the program at the client's end of a connection in `/proc`. It cannot see other users' programs. */
export async function findOnLinux(connection: Connection, proc = '/proc'): Promise<Program | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readText(`${proc}/net/${name}`)))
  const inode = tables.map((table) => inodeIn(table, connection)).find((found) => found !== undefined)
  if (inode === undefined) return undefined
  const folders = (await readdir(proc)).filter((name) => /^\d+$/.test(name)).map((pid) => `${proc}/${pid}`)
  for (let at = 0; at < folders.length; at += AT_ONCE) {
    const some = folders.slice(at, at + AT_ONCE)
    const held = await Promise.all(some.map((folder) => holds(`${folder}/fd`, `socket:[${inode}]`)))
    const holder = some[held.indexOf(true)]
    if (holder !== undefined) return describe(holder)
  }
  return undefined
}

/**
 * The inode of the client's socket in the text of `/proc/net/tcp` or `tcp6`; undefined if no established connection
 * matches.
 */
export function inodeIn(table: string, { client, gateway }: Connection): string | undefined {
  const [from, to] = [formsOf(client), formsOf(gateway)]
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', state, , , , , , inode] = line.trim().split(/\s+/)
    if (state === ESTABLISHED && from.includes(local) && to.includes(remote)) return inode
  }
  return undefined
}

/**
 * The kernel's spellings of an end: each word of the address is in the machine's byte order, which is little-endian.
 */
function formsOf({ address, port }: End): string[] {
  const plain = plainAddress(address)
  const suffix = `:${hex(port, 4)}`
  if (!isIPv4(plain)) return plain === '::1' ? [V6_LOOPBACK + suffix] : []
  const word = plain
    .split('.')
    .reverse()
    .map((byte) => hex(Number(byte), 2))
    .join('')
  return [word + suffix, MAPPED + word + suffix]
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}

async function holds(folder: string, socket: string): Promise<boolean> {
  const descriptors = await readdir(folder).catch(() => [])
  const targets = await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
  return targets.includes(socket)
}

async function describe(folder: string): Promise<Program | undefined> {
  const path = await readlink(`${folder}/exe`).catch(() => undefined)
  if (path === undefined) return undefined
  // Reads only the name of a script among the arguments, because the others may contain secrets.
  const [, first] = (await readText(`${folder}/cmdline`)).split('\0')
  const script = first === undefined || first === '' || first.startsWith('-') ? undefined : first
  return programAt(path.replace(/ \(deleted\)$/, ''), script)
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
