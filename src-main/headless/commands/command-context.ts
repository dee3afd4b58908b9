/** What a command touches of the process around it. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  /** One line on stdout. */
  print(line: string): void
  /** One line on stderr. */
  warn(line: string): void
}
