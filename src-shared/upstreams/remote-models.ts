/** Finds models that the upstream runs on another computer although their names do not show it. */
export interface RemoteModels {
  /**
   * Where a model runs. `upstream` is the upstream's address. Returns a promise only if the upstream must be asked
   * first; `unknown` if it does not answer.
   */
  locationOf(model: string, upstream: string): ModelLocation | Promise<ModelLocation>
  /** Reports that a request that can change models begins (1) or ended (-1). Cached results may be wrong then. */
  changing(by: 1 | -1): void
}
export type ModelLocation = 'local' | 'remote' | 'unknown'
