/** The result of one check of `latchkey doctor`. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly sentence: string
  /** What to do; null if nothing is wrong. */
  readonly fix: string | null
}
