/**
 * The log for the person who runs Latchkey: a message with details. Never log a secret; the writer redacts what looks
 * like one.
 */
export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
