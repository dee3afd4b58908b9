/** Takes what happens, with its details, for whoever runs Latchkey. Never a secret: the writer redacts what looks like one. */
export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
