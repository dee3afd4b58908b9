/** By which column rows stand in order. */
export interface Sorting<C extends string> {
  readonly by: C
  readonly descending: boolean
}
