import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** An empty message bus like that of a person's session. */
export interface OwnBus {
  /** The value for `DBUS_SESSION_BUS_ADDRESS`. */
  readonly address: string
  stop(): void
}

export async function startOwnBus(): Promise<OwnBus> {
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const address of createInterface(daemon.stdout)) return { address, stop: () => daemon.kill() }
  throw new Error('dbus-daemon did not start')
}
