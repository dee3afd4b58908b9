/**
 * A count with its noun: `1 key`, `2 keys`, `0 keys`. The rule is the same in English and German. `shown` is the
 * formatted count.
 */
export function plural(count: number, one: string, many = `${one}s`, shown = String(count)): string {
  return `${shown} ${count === 1 ? one : many}`
}
