import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { ConsolePorts } from '../console-api/ports.ts'

/** The core's interface for a shell; see `createApp`. */
export interface App {
  /** The console's handler: its API, its events and the renderer's files. */
  readonly console: (request: Request) => Promise<Response>
  /** The same for the command line, which the audit trail names as the actor. */
  readonly commandLine: (request: Request) => Promise<Response>
  /** The same operations without HTTP, for the tray. */
  readonly core: ConsolePorts
  state(): AppState
  subscribe(listener: (event: AppEvent) => void): () => void
  /** Opens the gateway's listeners. If the port is taken, the state says so and the promise still resolves. */
  start(): Promise<void>
  /** Refuses new requests, waits up to `drainMs` for running ones, closes everything and writes pending data. */
  stop(drainMs: number): Promise<void>
}
