/** `1 key`, `2 keys`, `0 keys`: a count with its noun, in the English of the core. `shown` is how the count is written. */
export function plural(count: number, one: string, many = `${one}s`, shown = String(count)): string {
  return `${shown} ${count === 1 ? one : many}`
}
