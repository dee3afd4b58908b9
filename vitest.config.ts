import { defineConfig } from 'vitest/config'

const suite = (name: string, options: { timeout?: number; parallel?: boolean } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
    environment: 'node' as const,
    testTimeout: options.timeout ?? 15_000,
    hookTimeout: options.timeout ?? 30_000,
    fileParallelism: options.parallel ?? true,
  },
})

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
      suite('browser', { timeout: 60_000, parallel: false }),
    ],
  },
})
