/**
 * How long a test waits for what must come, in milliseconds: far longer than it takes on the busiest machine. It only
 * ends the wait for what never comes; that something comes soon is measured by `startOwnClock`.
 */
export const PATIENCE_MS = 60_000
