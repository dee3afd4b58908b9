import type { Scalar } from './kept-text.ts'

/**
 * What one JSON value held at the watched paths. An object or array there stands as `true`. Of so few values a look at each
 * is quicker than a map, which would be made anew for every answer.
 */
export class Found {
  private readonly paths: string[] = []
  private readonly values: Scalar[] = []

  /** Of a name that stands there twice the last one counts, as it does for JSON.parse. */
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
