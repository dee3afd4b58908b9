import { posix, win32 } from 'node:path'

/**
 * The program at the other end of a connection, as the system names it. It is a hint for the person and proves nothing.
 * Both texts can contain any character and have any length.
 */
export interface Program {
  /** `Cherry Studio`, `python3.12 (report.py)`, `chrome.exe`. */
  readonly name: string
  /** The executable's path; null if the system gives only the name. */
  readonly path: string | null
}

/** The two ends of a TCP connection within this computer. */
export interface Connection {
  readonly client: End
  readonly gateway: End
}

export interface End {
  /** `127.0.0.1`, `::1` or `::ffff:127.0.0.1`. */
  readonly address: string
  readonly port: number
}

/** Finds the program that opened a connection. Resolves to undefined if the system does not tell; never rejects. */
export type FindProgram = (connection: Connection) => Promise<Program | undefined>

/** Programs that run a script. The script's name tells the person more than theirs. */
const INTERPRETER = /^(node|python[\d.]*|ruby[\d.]*|perl|deno|bun|bash|sh|java)$/

/** `path` is in the form of Linux and macOS. A macOS bundle is named by its outermost folder, `Chatbox.app`. */
export function programAt(path: string, script?: string): Program {
  const bundle = /(?:^|\/)([^/]+)\.app\//.exec(path)?.[1]
  const name = bundle ?? posix.basename(path)
  const runs = script !== undefined && INTERPRETER.test(name) ? ` (${posix.basename(script)})` : ''
  return { name: name + runs, path }
}

export function windowsProgram(image: string): Program {
  return { name: win32.basename(image), path: null }
}

/** Removes the IPv6 prefix of an IPv4 address, which a socket for both families adds. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:/i, '')
}
