/** One thing that `latchkey doctor` looked at. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly sentence: string
  /** What to do; null when nothing need be done. */
  readonly fix: string | null
}
