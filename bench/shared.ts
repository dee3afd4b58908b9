import { parseArgs } from 'node:util'
import { ensureBuilt } from '../build/scripts/building/built.ts'
import { nextMessage, startScript, stopChild } from './child.ts'
import { goalLines } from './goals.ts'
import { addToFile, describeMachine, type ScenarioResult } from './results.ts'
import type { Measures } from './scenarios/scenario.ts'
import { AloneGateways } from './shared/alone.ts'
import { SharedGateways } from './shared/gateways.ts'
import { measureOverrun } from './shared/limits.ts'
import { measureRevocations } from './shared/revocations.ts'
import { tableOf } from './table.ts'

const COUNTS = [1, 2, 4]
/** Requests to each gateway in a round: with fewer, a round shows mostly how busy the computer was. */
const TOTAL = 24_000
const REVOCATIONS = 200
const CHANGES = 200
const IDLE_SECONDS = 10

type Taken = Record<string, Record<string, number[]>>

/**
 * `npm run bench -- shared [--rounds 7] [--quick] [--json FILE]`: several gateways on one PostgreSQL, beside one with its own
 * file: what a request costs them and the database, how soon a key is refused everywhere, and how exact limits are.
 */
export async function benchShared(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  await ensureBuilt()
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 7))
  const measured = await inRounds(rounds)
  const revoked = await revocations(values.quick ? REVOCATIONS / 10 : REVOCATIONS)
  const scenarios: ScenarioResult[] = [...measured, revoked]
  for (const scenario of scenarios) console.log(tableOf(scenario))
  const results = { machine: describeMachine(), scenarios }
  console.log(goalLines(results).join('\n'))
  if (values.json !== undefined) addToFile(values.json, results)
}

async function inRounds(rounds: number): Promise<ScenarioResult[]> {
  const upstream = startScript('upstream.ts')
  const { port } = await nextMessage<{ port: number }>(upstream)
  const [requests, database, changes, idle]: [Taken, Taken, Taken, Taken] = [{}, {}, {}, {}]
  const alone = new Map<string, AloneGateways>()
  const shared = new Map<string, SharedGateways>()
  try {
    for (const count of COUNTS) {
      alone.set(aloneName(count), await AloneGateways.start(count, port))
      shared.set(nameOf(count), await SharedGateways.start(count, port))
    }
    for (let round = -1; round < rounds; round++) {
      // Not kept in the first round, in which V8 still compiles.
      const [asked, written]: [Taken, Taken] = round < 0 ? [{}, {}] : [requests, database]
      for (const [name, gateways] of alone) keep(await gateways.measure(TOTAL), (asked[name] ??= {}))
      for (const [name, gateways] of shared) {
        const measured = await gateways.measure(TOTAL)
        keep(measured.requests, (asked[name] ??= {}))
        keep(measured.database, (written[name] ??= {}))
      }
    }
    for (const [name, gateways] of shared) {
      keep(await gateways.measureChanges(CHANGES), (changes[name] ??= {}))
      keep(await gateways.measureIdle(IDLE_SECONDS), (idle[name] ??= {}))
    }
    return [
      { name: 'shared', title: 'Small JSON answer (1 kB), 32 connections to each gateway', samples: requests },
      { name: 'shared-database', title: 'The same, as the database sees it', samples: database },
      { name: 'shared-changes', title: 'A change of a key, which all gateways read', samples: changes },
      { name: 'shared-idle', title: 'Gateways that nobody asks anything', samples: idle },
    ]
  } finally {
    for (const gateways of [...shared.values(), ...alone.values()]) await gateways.close()
    await stopChild(upstream)
  }
}

async function revocations(times: number): Promise<ScenarioResult> {
  const samples: Taken = {}
  for (const count of COUNTS.filter((one) => one > 1)) {
    const taken = await measureRevocations(count, times)
    const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0
    const measures = {
      'p50 ms': at(0.5),
      'p99 ms': at(0.99),
      'longest ms': at(1),
      overrun: await measureOverrun(count),
    }
    keep(measures, (samples[nameOf(count)] ??= {}))
  }
  return { name: 'shared-revocation', title: `Until a key is refused everywhere (${times} times), and limits`, samples }
}

/** The single one is that of all other scenarios. */
function aloneName(count: number): string {
  return count === 1 ? 'Latchkey' : `${count} with SQLite each`
}

function nameOf(count: number): string {
  return `${count} on PostgreSQL`
}

function keep(measures: Measures, samples: Record<string, number[]>): void {
  for (const [name, value] of Object.entries(measures)) (samples[name] ??= []).push(value)
}
