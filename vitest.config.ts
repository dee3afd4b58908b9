import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

interface SuiteOptions {
  /** Milliseconds. */
  timeout?: number
  retry?: number
  /** Whether each file has a process to itself, as those need that look at memory or at what is running. */
  isolate?: boolean
  /** Those of a later group wait for the earlier ones. */
  group?: number
  /** Files at once. */
  workers?: number
}

/** Much of the time is waiting: one worker a core, also where there are two. */
const WORKERS = Math.max(2, availableParallelism() - 1)

const suite = (
  name: string,
  { timeout, retry = 0, isolate = true, group = 0, workers = WORKERS }: SuiteOptions = {},
) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
    environment: 'node' as const,
    testTimeout: timeout ?? 15_000,
    hookTimeout: timeout ?? 30_000,
    retry,
    isolate,
    maxWorkers: workers,
    sequence: { groupOrder: group },
    // A second, which is usual, is less than a browser takes for one picture of a large window on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})

/** A shared CI machine can hold a browser back for longer than a page waits; at a desk each failure is looked into. */
const BROWSER_RETRIES = process.env['CI'] === undefined ? 0 : 1

/** Fast suites first. */
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      suite('unit', { isolate: false }),
      suite('store'),
      suite('console'),
      suite('gateway'),
      suite('security', { timeout: 30_000 }),
      suite('desktop', { timeout: 30_000 }),
      suite('browser', { timeout: 60_000, retry: BROWSER_RETRIES, group: 1 }),
      // One desktop has one panel and one clipboard.
      suite('real-desktop', { timeout: 60_000, group: 2, workers: 1 }),
    ],
  },
})
