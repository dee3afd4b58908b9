import { NO_TEXT, type NumberRange } from '#shared/usage/sum-rows.ts'
import type { KeyModelSums, SummedBy, ValueSums, ValueTimes } from '#shared/usage/usage-sums.ts'
import type { SumsReader } from '../ports.ts'
import { Coverage } from '../sums/coverage.ts'
import { SHARED_BLOCKS } from '../sums/dimensions.ts'
import type { SnapshotRows } from './ports.ts'
import { SharedReports } from './shared-reports.ts'

/** The sums of one moment, of all gateways. */
export class Snapshot implements SumsReader {
  readonly #rows: SnapshotRows
  readonly #reports: SharedReports

  constructor(rows: SnapshotRows) {
    this.#rows = rows
    this.#reports = new SharedReports({ rows, coverage: new Coverage(rows.coverage, SHARED_BLOCKS) })
  }

  async sums(by: SummedBy, from: number, to: number): Promise<readonly ValueSums[]> {
    return (await this.sumsInEach(by, [{ from, to }])).flat()
  }

  async times(by: SummedBy, from: number, to: number): Promise<readonly ValueTimes[]> {
    return (await this.timesInEach(by, [{ from, to }])).flat()
  }

  async timesOfKeys(by: SummedBy, keyIds: readonly string[], from: number, to: number): Promise<ValueTimes[]> {
    return (await this.timesOfKeysInEach(by, keyIds, [{ from, to }])).flat()
  }

  async keyModels(from: number, to: number, keyId?: string): Promise<KeyModelSums[]> {
    return (await this.keyModelsInEach([{ from, to }], keyId)).flat()
  }

  sumsInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<ValueSums[][]> {
    return this.#reports.sums(by, ranges)
  }

  timesInEach(by: SummedBy, ranges: readonly NumberRange[]): Promise<ValueTimes[][]> {
    return this.#reports.times(by, ranges, undefined)
  }

  async timesOfKeysInEach(
    by: SummedBy,
    keyIds: readonly string[],
    ranges: readonly NumberRange[],
  ): Promise<ValueTimes[][]> {
    const known = await this.#rows.numbersOf(keyIds.filter((keyId) => keyId !== ''))
    const keys = new Set(known.values())
    if (keyIds.includes('')) keys.add(NO_TEXT)
    return keys.size === 0 ? ranges.map(() => []) : this.#reports.times(by, ranges, keys)
  }

  async keyModelsInEach(ranges: readonly NumberRange[], keyId?: string): Promise<KeyModelSums[][]> {
    if (keyId === undefined) return this.#reports.keyModels(ranges, undefined)
    const key = await this.#numberOf(keyId)
    return key === undefined ? ranges.map(() => []) : this.#reports.keyModels(ranges, key)
  }

  firstQuarter(): Promise<number | undefined> {
    return this.#rows.firstQuarter()
  }

  async tokensSince(keyId: string, quarter: number, upto: number): Promise<number> {
    const rows = await this.keyModels(quarter, upto, keyId)
    return rows.reduce((sum, { totalTokens }) => sum + totalTokens, 0)
  }

  async #numberOf(text: string): Promise<number | undefined> {
    return (await this.#rows.numbersOf([text])).get(text)
  }
}
