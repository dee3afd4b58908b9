import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ensureBuilt } from '../build/scripts/building/built.ts'
import { Contest } from './contest.ts'
import { goalLines } from './goals.ts'
import { named } from './named.ts'
import { drawPicture } from './picture.ts'
import { addToFile, describeMachine, type Results, type ScenarioResult } from './results.ts'
import { footprintScenarios } from './scenarios/footprint.ts'
import { requestScenarios } from './scenarios/requests.ts'
import { streamScenarios } from './scenarios/streams.ts'
import { subjectsBehind } from './subjects/all.ts'
import { tableOf } from './table.ts'

// `npm run bench [-- scenario or subject ...] [--rounds 7] [--quick] [--json FILE] [--picture FILE]` `npm run bench --
// usage ...` has no peers: it measures the cost of one large data file.
if (process.argv[2] === 'usage') {
  const { benchUsage } = await import('./usage.ts')
  await benchUsage(process.argv.slice(3))
  process.exit()
}
// `npm run bench -- console ...`: the cost of the console's pages in a browser with much data.
if (process.argv[2] === 'console') {
  const { benchConsole } = await import('./console.ts')
  await benchConsole(process.argv.slice(3))
  process.exit()
}
// `npm run bench -- shared-reports ...`: the console's reports on a PostgreSQL with a hundred million exchanges.
if (process.argv[2] === 'shared-reports') {
  const { benchSharedReports } = await import('./shared-reports.ts')
  await benchSharedReports(process.argv.slice(3))
  process.exit()
}
// `npm run bench -- tls ...`: what connections from other devices cost.
if (process.argv[2] === 'tls') {
  const { benchTls } = await import('./tls.ts')
  await benchTls(process.argv.slice(3))
  process.exit()
}
// `npm run bench -- desktop ...`: what the desktop app takes, and what its window costs the streams of the gateway.
if (process.argv[2] === 'desktop') {
  const { benchDesktop } = await import('./desktop.ts')
  await benchDesktop(process.argv.slice(3))
  process.exit()
}
// `npm run bench -- shared ...`: several gateways on one PostgreSQL.
if (process.argv[2] === 'shared') {
  const { benchShared } = await import('./shared.ts')
  await benchShared(process.argv.slice(3))
  process.exit()
}
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    picture: { type: 'string' },
  },
})
const effort = values.quick ? 0.2 : 1
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7))
const scenarios = [...requestScenarios(effort), ...streamScenarios(effort), ...footprintScenarios(effort)]

await ensureBuilt()
const contest = await Contest.open()
// nginx and Caddy do not notice the end of the bench.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void contest.close().finally(() => process.exit(1)))
}
try {
  const subjects = subjectsBehind(contest.upstream)
  await contest.admit(named(subjects, positionals))
  const measured: ScenarioResult[] = []
  for (const scenario of named(scenarios, positionals)) {
    const samples = await contest.run(scenario, rounds)
    const result = { name: scenario.name, title: scenario.title, samples }
    measured.push(result)
    console.log(tableOf(result))
  }
  const results: Results = { machine: describeMachine(), scenarios: measured }
  console.log(goalLines(results).join('\n'))
  const all = values.json === undefined ? results : addToFile(values.json, results)
  if (values.picture !== undefined) writeFileSync(values.picture, drawPicture(all))
} finally {
  await contest.close()
}
