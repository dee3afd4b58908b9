import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { PATIENCE_MS } from './test/support/patience.ts'

interface SuiteOptions {
  retry?: number
  /** Whether each file has a process to itself, as those need that look at memory or at what is running. */
  isolate?: boolean
  /** Those of a later group wait for the earlier ones. */
  group?: number
  /** Files at once. */
  workers?: number
}

/**
 * A deadline ends a test that hangs. It says nothing about how long a test may take: a machine can be very busy, and then making
 * the packages for Linux alone takes minutes. So no test has a shorter one of its own.
 */
const DEADLINE_MS = 10 * PATIENCE_MS

/** Most tests wait more than they compute: three workers keep two cores busy. */
const WORKERS = Math.max(3, availableParallelism() - 1)
const suite = (name: string, { retry = 0, isolate = true, group = 0, workers = WORKERS }: SuiteOptions = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
    environment: 'node' as const,
    testTimeout: DEADLINE_MS,
    hookTimeout: DEADLINE_MS,
    retry,
    isolate,
    maxWorkers: workers,
    sequence: { groupOrder: group },
    expect: { poll: { timeout: PATIENCE_MS } },
  },
})

/** A shared CI machine can hold a browser back for longer than a page waits; at a desk each failure is looked into. */
const BROWSER_RETRIES = process.env['CI'] === undefined ? 0 : 1

/** Groups run one after another, the fast one first. */
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      suite('unit', { isolate: false }),
      suite('store'),
      suite('console'),
      suite('pairing'),
      suite('gateway'),
      suite('security'),
      suite('deploy'),
      suite('desktop'),
      suite('browser', { retry: BROWSER_RETRIES, group: 1 }),
      // Three gateways and a PostgreSQL each, which need the cores for themselves.
      suite('shared', { group: 2, workers: 1 }),
      // Each file has computers of its own, with browsers on them.
      suite('network', { group: 3, workers: 2 }),
      // These two have runs of their own. One desktop has one panel and one clipboard.
      suite('real-desktop', { group: 4, workers: 1 }),
      suite('packages', { group: 4, workers: 1 }),
    ],
  },
})
