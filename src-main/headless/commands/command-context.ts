/** The parts of the process that a command uses. */
export interface CommandContext {
  readonly env: Record<string, string | undefined>
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  /** Prints one line on stdout. */
  print(line: string): void
  /** Prints one line on stderr. */
  warn(line: string): void
}
