import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Connection, End, Program } from './program.ts'
import { plainAddress, programAt, windowsProgram } from './program.ts'

const TIMEOUT_MS = 3_000
/** Both commands list every connection of the computer. */
const MAX_OUTPUT = 8 << 20

/** Finds the program at the client's end of the connection with macOS' own `lsof` and `ps`. */
export async function findOnMac(connection: Connection): Promise<Program | undefined> {
  const { port } = connection.client
  const listing = await run('/usr/sbin/lsof', ['-nP', `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fpn'])
  const pid = pidInLsof(listing, connection)
  if (pid === undefined) return undefined
  const path = (await run('/bin/ps', ['-o', 'comm=', '-p', pid])).trim()
  return path === '' ? undefined : programAt(path)
}

/**
 * Parses the output of `lsof -F pn`: a line `p<pid>` per process, followed by a line `n<local>-><remote>` per
 * connection (lsof(8), OUTPUT).
 */
export function pidInLsof(listing: string, { client, gateway }: Connection): string | undefined {
  const wanted = `n${written(client)}->${written(gateway)}`
  let pid: string | undefined
  for (const line of listing.split('\n')) {
    if (line.startsWith('p')) pid = line.slice(1)
    if (line === wanted) return pid
  }
  return undefined
}

/** Finds the program at the client's end of the connection with Windows' own `netstat` and `tasklist`. */
export async function findOnWindows(connection: Connection, systemRoot: string): Promise<Program | undefined> {
  const tool = (name: string) => join(systemRoot, 'System32', name)
  const family = plainAddress(connection.client.address).includes(':') ? 'TCPv6' : 'TCP'
  const pid = pidInNetstat(await run(tool('netstat.exe'), ['-ano', '-p', family]), connection)
  if (pid === undefined) return undefined
  const image = imageInTasklist(await run(tool('tasklist.exe'), ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']))
  return image === undefined ? undefined : windowsProgram(image)
}

/** The columns are protocol, local end, remote end, state and process. The state is translated, so it is not read. */
export function pidInNetstat(listing: string, { client, gateway }: Connection): string | undefined {
  for (const line of listing.split(/\r?\n/)) {
    const [protocol, local, remote, ...rest] = line.trim().split(/\s+/)
    if (protocol === 'TCP' && local === written(client) && remote === written(gateway)) return rest.at(-1)
  }
  return undefined
}

/**
 * Parses `"chrome.exe","4242","Console","1","123,456 K"`. If the process has ended, the output is a sentence without
 * quotes.
 */
export function imageInTasklist(listing: string): string | undefined {
  return /^"([^"]+)"/.exec(listing.trim())?.[1]
}

function written({ address, port }: End): string {
  const plain = plainAddress(address)
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`
}

/**
 * Runs one of the system's own commands by its absolute path. Resolves to its output, or to an empty text if it fails.
 */
async function run(command: string, args: readonly string[]): Promise<string> {
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT, windowsHide: true }
  const { stdout } = await promisify(execFile)(command, args, options).catch(() => ({ stdout: '' }))
  return stdout
}
