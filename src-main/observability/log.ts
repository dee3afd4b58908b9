import pino from 'pino'
import { redactSecrets } from '#shared/keys/secret.ts'
import type { Log } from '../base/log.ts'

/** JSON lines on a stream (stderr: stdout belongs to `--json`). Anything that looks like a secret is redacted. */
export function createLog(stream: { write(line: string): void }, level: 'info' | 'warn' | 'silent'): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => stream.write(redactSecrets(line)) },
  )
}
