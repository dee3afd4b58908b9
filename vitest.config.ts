import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

interface SuiteOptions {
  /** Milliseconds. */
  timeout?: number
  retry?: number
  /** Whether each file has its modules to itself, which takes a quarter longer. */
  isolate?: boolean
  /** Those of a later group wait for the earlier ones. */
  group?: number
}

/** Much of the time is waiting: one worker a core, also where there are two. */
const WORKERS = Math.max(2, availableParallelism() - 1)

const suite = (name: string, { timeout, retry = 0, isolate = false, group = 0 }: SuiteOptions = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
    environment: 'node' as const,
    testTimeout: timeout ?? 15_000,
    hookTimeout: timeout ?? 30_000,
    retry,
    isolate,
    maxWorkers: WORKERS,
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
      suite('unit'),
      suite('store'),
      suite('console'),
      suite('gateway'),
      suite('security', { timeout: 30_000 }),
      // The stand-in for Electron is put in place of a module.
      suite('desktop', { timeout: 30_000, isolate: true }),
      suite('browser', { timeout: 60_000, retry: BROWSER_RETRIES, isolate: true, group: 1 }),
    ],
  },
})
