import { parseArgs } from 'node:util'
import { ensureBuilt } from '../build/scripts/building/built.ts'
import { ownAddress } from '../test/support/own-address.ts'
import { Contest } from './contest.ts'
import { goalLines } from './goals.ts'
import { named } from './named.ts'
import { addToFile, describeMachine, type ScenarioResult } from './results.ts'
import { tlsScenarios } from './scenarios/tls.ts'
import { SUBJECTS_WITH_TLS } from './subjects/all.ts'
import { tableOf } from './table.ts'

/** `npm run bench -- tls [scenario or subject ...] [--rounds 7] [--quick] [--json FILE]`: the gateway for other devices, beside proxies with TLS. */
export async function benchTls(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  const address = ownAddress()
  if (address === undefined) throw new Error('other devices could not reach this computer: it is in no network')
  await ensureBuilt()
  const contest = await Contest.open(address)
  // nginx and Caddy do not notice the end of the bench.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void contest.close().finally(() => process.exit(1)))
  }
  try {
    await contest.admit(named(SUBJECTS_WITH_TLS, positionals))
    const scenarios: ScenarioResult[] = []
    for (const scenario of named(tlsScenarios(values.quick ? 0.2 : 1), positionals)) {
      const samples = await contest.run(scenario, Number(values.rounds ?? (values.quick ? 3 : 7)))
      scenarios.push({ name: scenario.name, title: scenario.title, samples })
      console.log(tableOf({ name: scenario.name, title: scenario.title, samples }))
    }
    const results = { machine: describeMachine(), scenarios }
    console.log(goalLines(results).join('\n'))
    if (values.json !== undefined) addToFile(values.json, results)
  } finally {
    await contest.close()
  }
}
