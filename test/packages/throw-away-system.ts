import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Display, startDisplay } from '../../build/scripts/real-electron/display.ts'
import { asUser } from '../../build/scripts/real-electron/user.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** Where anybody may read the checkout (build/scripts/packages/in-throw-away-system.sh). */
const CHECKOUT = '/checkout'
/** The gateway's default address. No other program uses it on this network. */
export const GATEWAY = 'http://127.0.0.1:11500'

/** Why nothing can be installed here, or undefined. */
export function reasonToSkip(): string | undefined {
  const missing = process.env['LATCHKEY_PACKAGES_MISSING']
  if (missing !== undefined) return missing
  if (process.env['LATCHKEY_THROW_AWAY_SYSTEM'] !== undefined) return undefined
  return 'packages are installed only on a throw-away copy of the system, which `npm test` makes'
}

/** Runs a command as root, and returns what it writes. Throws with its messages when it fails. */
export function asRoot(program: string, ...args: string[]): string {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return execFileSync(program, args, { encoding: 'utf8', env, stdio: 'pipe' })
}

/** One of the people of this computer, with a home folder. */
export class Person {
  readonly home: string
  readonly #prefix: readonly string[]
  readonly #env: Record<string, string>
  #display: Display | undefined
  #session: ChildProcess | undefined

  constructor(name: string) {
    asRoot('useradd', '--create-home', name)
    const [uid, gid] = [Number(asRoot('id', '-u', name)), Number(asRoot('id', '-g', name))]
    this.home = `/home/${name}`
    this.#prefix = asUser({ uid, gid })
    this.#env = { HOME: this.home, USER: name, LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin' }
  }

  /** Runs a command, and returns what it writes. */
  run(...command: string[]): string {
    const [program = '', ...args] = [...this.#prefix, ...command]
    return execFileSync(program, args, { encoding: 'utf8', env: this.#env, cwd: this.home, stdio: 'pipe' })
  }

  /** Runs a command of `latchkey`, which talks to the one that runs for this person. */
  latchkey(...args: string[]): string {
    const node = process.execPath.replace(/^.*(?=\/node_modules\/)/, CHECKOUT)
    return this.run(node, `${CHECKOUT}/dist/main/latchkey.js`, ...args)
  }

  /**
   * Opens a session with a display and a D-Bus, and in it a program, or what a desktop's entry names as the desktop
   * would.
   */
  async open(file: string): Promise<void> {
    this.#display ??= await startDisplay(this.#prefix)
    // The session lasts until its input ends.
    const script = file.endsWith('.desktop') ? 'gio launch "$0" && read -r _' : '"$0" & read -r _'
    const [program, ...args] = [...this.#prefix, 'dbus-run-session', '--', 'sh', '-c', script, file]
    const env = { ...this.#env, DISPLAY: this.#display.name }
    this.#session = spawn(program, args, { env, cwd: this.home, stdio: ['pipe', 'ignore', 'ignore'] })
  }

  /** Ends a program as a logout does, then the session. */
  async quit(program: string): Promise<void> {
    // Chromium's other processes end with the first.
    process.kill(Math.min(...processesOf(program)), 'SIGTERM')
    await until(() => processesOf(program).length === 0, `${program} to end`)
    const ended = this.#session && once(this.#session, 'exit')
    this.#session?.stdin?.end()
    await ended
  }

  leave(): void {
    this.#session?.kill()
    this.#display?.stop()
  }
}
