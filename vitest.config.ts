import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const suite = (name: string, options: { timeout?: number; retry?: number; group?: number; workers?: number } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
    environment: 'node' as const,
    testTimeout: options.timeout ?? 15_000,
    hookTimeout: options.timeout ?? 30_000,
    retry: options.retry ?? 0,
    sequence: { groupOrder: options.group ?? 0 },
    maxWorkers: options.workers ?? WORKERS,
    // A second, which is usual, is less than a browser takes for one picture of a large window on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
})

/** Much of the time is waiting: one worker a core, also where there are two. */
const WORKERS = Math.max(2, availableParallelism() - 1)

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
      suite('desktop', { timeout: 30_000 }),
      // A shared CI machine can hold a browser back for longer than a page waits; at a desk each failure is looked into.
      suite('browser', { timeout: 60_000, retry: process.env['CI'] === undefined ? 0 : 1, group: 1 }),
    ],
  },
})
