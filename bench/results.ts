import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** By subject, then by measure: one number for each round. */
export type Samples = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly samples: Samples
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>
  readonly rounds: number
  readonly scenarios: ScenarioResult[]
}

/** What a reader must know to judge the figures; nothing that names the computer. */
export function describeMachine(): Results['machine'] {
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  return { processor: model, cores: availableParallelism(), node: process.version }
}

/** The samples of one measure, or undefined where it was not taken. */
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
