import pino from 'pino'
import { redactSecrets } from '#shared/keys/secret.ts'
import type { Log } from '../base/log.ts'

/**
 * Writes JSON lines to a stream (stderr, because `--json` uses stdout). Redacts everything that looks like a secret.
 */
export function createLog(
  stream: { write(line: string): void },
  level: 'info' | 'warn' | 'silent',
  /** In each line. */
  base: object | null = null,
): Log {
  return pino(
    { level, base, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => stream.write(redactSecrets(line)) },
  )
}
