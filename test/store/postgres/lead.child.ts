import { createInterface } from 'node:readline'
import { Database } from '../../../src-main/store/postgres/connection/database.ts'
import { Leader } from '../../../src-main/store/postgres/leader.ts'

/** A gateway that may lead, in a process of its own. On each line of stdin it tells whether it does, and whether it can make a step. */
const log = { warn: () => undefined, error: () => undefined }
const database = new Database({ url: process.argv[2] ?? '', applicationName: 'child', log })
const leader = new Leader({ database, log, monotonic: () => performance.now() })
leader.start()
for await (const _ of createInterface({ input: process.stdin })) {
  const isLeader = leader.isLeader()
  const step = await leader.step(() => Promise.resolve('done'))
  process.stdout.write(`${JSON.stringify({ isLeader, step: step ?? null })}\n`)
}
