/**
 * How long a test waits for an expected event, in milliseconds: far longer than the busiest machine needs. It only ends
 * the wait for an event that never occurs; `startOwnClock` measures speed.
 */
export const PATIENCE_MS = 60_000
