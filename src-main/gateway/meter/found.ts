import type { Scalar } from './kept-text.ts'

/**
 * The values of one JSON value at the watched paths. An object or array is stored as `true`. With so few values a
 * linear search is faster than a map, which would have to be created for every answer.
 */
export class Found {
  private readonly paths: string[] = []
  private readonly values: Scalar[] = []

  /** The last of duplicate names counts, like in JSON.parse. */
  set(path: string, value: Scalar): void {
    const known = this.paths.indexOf(path)
    if (known >= 0) this.values[known] = value
    else this.values[this.paths.push(path) - 1] = value
  }

  get(path: string): Scalar | undefined {
    const at = this.paths.indexOf(path)
    return at < 0 ? undefined : this.values[at]
  }

  has(path: string): boolean {
    return this.paths.includes(path)
  }

  clear(): void {
    if (this.paths.length === 0) return
    this.paths.length = 0
    this.values.length = 0
  }
}
