import type { SumKey } from '#shared/usage/sum-rows.ts'

/** A map by sum key: the quarter and the four numbers of texts. */
export class SumKeyMap<T> {
  readonly #quarters = new Map<number, Map<number | string, T>>()

  get(sumKey: SumKey): T | undefined {
    return this.#quarters.get(sumKey.quarter)?.get(nameOf(sumKey))
  }

  set(sumKey: SumKey, value: T): void {
    const ofQuarter = this.#quarters.get(sumKey.quarter) ?? new Map<number | string, T>()
    this.#quarters.set(sumKey.quarter, ofQuarter.set(nameOf(sumKey), value))
  }

  delete(sumKey: SumKey): void {
    const ofQuarter = this.#quarters.get(sumKey.quarter)
    ofQuarter?.delete(nameOf(sumKey))
    if (ofQuarter?.size === 0) this.#quarters.delete(sumKey.quarter)
  }
}

/** Up to this many texts, four numbers fit into one below 2^53. */
const FEW = 2 ** 13

/** The key within a quarter: a number if possible, because creating a text takes ten times as long. */
function nameOf({ key, origin, model, route }: SumKey): number | string {
  // The bitwise OR is below a power of two only if all four numbers are.
  if ((key | origin | model | route) >= FEW) return `${key} ${origin} ${model} ${route}`
  return ((key * FEW + origin) * FEW + model) * FEW + route
}
