import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { Caller } from '../console-api/caller.ts'
import type { ConsolePorts } from '../console-api/ports.ts'
import type { SignIn } from '../console-server/ports.ts'
import type { ConsoleOpening } from './sides/console-side.ts'
import type { SiblingSide } from './sides/sibling-side.ts'

/** The core's interface for a shell; see `createApp`. */
export interface App {
  /**
   * The console's handler: its API, its events and the renderer's files. `caller` is null for somebody who is not
   * signed in and gets only the files.
   */
  readonly console: (request: Request, caller: Caller | null) => Promise<Response>
  /** The same for the command line, which is the owner's. */
  readonly commandLine: (request: Request) => Promise<Response>
  /** The same operations without HTTP, for the tray. */
  readonly core: ConsolePorts
  /**
   * Opens the console in browsers, for this computer; with null only for other devices, while it is shared. Call it once,
   * after `start`. Rejects with a PersonError (`console_port_taken`).
   */
  openConsole(opening: ConsoleOpening | null): Promise<void>
  /** A new link that opens the console once, as the owner. Throws a PersonError if the console is not open in browsers. */
  consoleLink(): string
  /** For people who are not signed in. */
  readonly signIn: SignIn
  /** For the other processes on the same port. */
  readonly siblings: SiblingSide
  state(): AppState
  subscribe(listener: (event: AppEvent) => void): () => void
  /** Opens the gateway's listeners. If the port is taken, the state says so and the promise still resolves. */
  start(): Promise<void>
  /** Tells balancers and clients to use another gateway, while requests are still served. Call `stop` afterwards. */
  drain(): void
  /** Refuses new connections, waits up to `drainMs` for running ones, closes everything and writes pending data. */
  stop(drainMs: number): Promise<void>
}
