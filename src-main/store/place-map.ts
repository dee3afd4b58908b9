import type { QuarterPlace } from './sum-rows.ts'

/** A map whose keys are places. */
export class PlaceMap<T> {
  readonly #quarters = new Map<number, Map<number | string, T>>()

  get(place: QuarterPlace): T | undefined {
    return this.#quarters.get(place.quarter)?.get(nameOf(place))
  }

  set(place: QuarterPlace, value: T): void {
    const ofQuarter = this.#quarters.get(place.quarter) ?? new Map<number | string, T>()
    this.#quarters.set(place.quarter, ofQuarter.set(nameOf(place), value))
  }

  delete(place: QuarterPlace): void {
    const ofQuarter = this.#quarters.get(place.quarter)
    ofQuarter?.delete(nameOf(place))
    if (ofQuarter?.size === 0) this.#quarters.delete(place.quarter)
  }
}

/** So many terms that the numbers of four make one below 2^53. */
const FEW = 2 ** 13

/** Within a quarter. A number where there is one: a text takes ten times as long to make. */
function nameOf({ key, origin, model, route }: QuarterPlace): number | string {
  // Together below a power of two if each of them is.
  if ((key | origin | model | route) >= FEW) return `${key} ${origin} ${model} ${route}`
  return ((key * FEW + origin) * FEW + model) * FEW + route
}
