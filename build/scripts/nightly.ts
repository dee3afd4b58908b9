import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './building/built.ts'
import { generateMessagesOrThrow } from './messages/generate.ts'
import { sumOf } from './testing/test-report.ts'
import { runVitest } from './testing/vitest-run.ts'

// `npm run nightly [-- --seconds 600 --seed 7]`: lets clients and a nemesis loose on several gateways with one database, for longer
// than `npm test` does. The seed of a run is printed, and repeats its choices.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
})
generateMessagesOrThrow()
await ensureBuilt()
const report = await runVitest({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  args: ['test/shared'],
  env: {
    ...process.env,
    LATCHKEY_SHARED_SECONDS: values.seconds,
    ...(values.seed === undefined ? {} : { LATCHKEY_SHARED_SEED: values.seed }),
  },
})
const { failed, skipped } = sumOf(report)
for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`)
process.exitCode = failed === 0 ? 0 : 1
