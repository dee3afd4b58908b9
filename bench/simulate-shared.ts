import { parseArgs } from 'node:util'
import { type Simulated, simulate } from './shared/simulation.ts'
import { percentile } from './statistics.ts'

// `node bench/simulate-shared.ts [--gateways 100] [--requests 5000] [--changes 60]`: what many gateways would cost one PostgreSQL.
// The costs are measured (`npm run bench -- shared`) and stand in simulation.ts; the rest is arithmetic with a fixed seed.

const { values } = parseArgs({
  options: {
    gateways: { type: 'string', default: '1,2,4,10,25,50,100,200' },
    requests: { type: 'string', default: '50' },
    changes: { type: 'string', default: '60' },
  },
})
const perGateway = Number(values.requests)
const changesPerMinute = Number(values.changes)
console.log(`${perGateway} requests a second at each gateway, ${changesPerMinute} changes a minute in all`)
console.log(
  'gateways  requests/s  connections  commits/s  WAL MB/s  database cores  waiting for the counter, p99 ms  revoked, p50 ms  p99 ms',
)
for (const gateways of values.gateways.split(',').map(Number)) {
  console.log(lineOf(gateways, simulate({ gateways, perGateway, changesPerMinute })))
}

function lineOf(gateways: number, { connections, commits, walMb, cores, waits, revocations }: Simulated): string {
  const cells = [
    gateways,
    gateways * perGateway,
    connections,
    commits.toFixed(0),
    walMb.toFixed(2),
    cores.toFixed(2),
    percentile(waits, 99).toFixed(1),
    percentile(revocations, 50).toFixed(1),
    percentile(revocations, 99).toFixed(1),
  ]
  const widths = [8, 10, 11, 9, 8, 14, 31, 15, 6]
  return cells.map((cell, at) => String(cell).padStart(widths[at] ?? 0)).join('  ')
}
