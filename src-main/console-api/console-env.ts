import type { Caller } from './caller.ts'
import type { ConsolePorts } from './ports.ts'

/** What a handler of the console reads from Hono's context. */
export interface ConsoleEnv {
  Bindings: {
    /** null: nobody is signed in. */
    readonly caller: Caller | null
  }
  Variables: {
    /** The operations of the caller. Only routes of the API have them. */
    ports: ConsolePorts
  }
}
