/** The column that a table is sorted by. */
export interface Sorting<C extends string> {
  readonly by: C
  readonly descending: boolean
}
