import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { ConsolePorts } from '../console-api/ports.ts'

/** The core as a shell sees it, made by `createApp`. */
export interface App {
  /** The console's one door: its API, its events and the renderer's files. */
  readonly console: (request: Request) => Promise<Response>
  /** The same for the command line; in the audit trail it stands under its own name. */
  readonly commandLine: (request: Request) => Promise<Response>
  /** The same operations without HTTP, for the tray. */
  readonly core: ConsolePorts
  state(): AppState
  subscribe(listener: (event: AppEvent) => void): () => void
  /** Opens the gateway's listeners. A taken port does not throw: the state says so. Resolves when listening or failed. */
  start(): Promise<void>
  /** Refuses new requests, waits up to `drainMs` for running ones, then closes everything and writes what is left. */
  stop(drainMs: number): Promise<void>
}
