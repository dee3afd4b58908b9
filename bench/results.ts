import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isDeepStrictEqual } from 'node:util'

/** By subject, then by measure: one number per round. */
export type Samples = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly samples: Samples
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>
  readonly scenarios: readonly ScenarioResult[]
}

/** Merges results into a file and returns all of it. Results of other scenarios on the same kind of machine stay. */
export function addToFile(path: string, { machine, scenarios }: Results): Results {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined
  const others = isDeepStrictEqual(before?.machine, machine) ? (before?.scenarios ?? []) : []
  const byName = new Map([...others, ...scenarios].map((scenario) => [scenario.name, scenario]))
  const all = { machine, scenarios: [...byName.values()] }
  writeFileSync(path, `${JSON.stringify(all, rounded, 1)}\n`)
  return all
}

/** Rounds to three decimals; more would be noise. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}

/** Facts about the machine that a reader needs to judge the results; none identifies the computer. */
export function describeMachine(): Results['machine'] {
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  return { processor: model, cores: availableParallelism(), node: process.version }
}

/** The samples of one measure; undefined if it was not taken. */
export function samplesOf(
  results: Results,
  scenario: string,
  subject: string,
  measure?: string,
): readonly number[] | undefined {
  const samples = results.scenarios.find(({ name }) => name === scenario)?.samples[subject]
  if (samples === undefined) return undefined
  return measure === undefined ? Object.values(samples)[0] : samples[measure]
}
