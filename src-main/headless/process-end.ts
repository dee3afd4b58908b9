import { redactSecrets } from '#shared/keys/secret.ts'
import type { CommandContext } from './commands/command-context.ts'

// A closed terminal sends SIGHUP.
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** The first signal starts a drain; the second ends it at once. */
export function onStopSignals(): { first: Promise<void>; onSecond(listener: () => void): void } {
  const first = Promise.withResolvers<void>()
  let again: (() => void) | undefined
  const onSignal = () => {
    again?.()
    first.resolve()
  }
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal)
  return { first: first.promise, onSecond: (listener) => void (again = listener) }
}

export function endWithSentence(error: unknown, context: CommandContext): never {
  context.warn(redactSecrets(`Latchkey failed to start: ${String(error)}`))
  process.exit(1)
}
