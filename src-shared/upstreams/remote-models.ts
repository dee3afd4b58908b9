/** Which models the upstream runs on another computer, though their names do not say so. */
export interface RemoteModels {
  /**
   * Of a model at an upstream, by its address. `unknown` when the upstream does not answer. A promise only where it must
   * be asked first.
   */
  placeOf(model: string, upstream: string): Place | Promise<Place>
  /** A request that can change models begins (1) or has ended (-1): what was known may be wrong. */
  changing(by: 1 | -1): void
}
export type Place = 'here' | 'elsewhere' | 'unknown'
