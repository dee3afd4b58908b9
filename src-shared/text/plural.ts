/** A count with its noun: `1 key`, `2 keys`, `0 keys`, in the English of the core. `shown` is the formatted count. */
export function plural(count: number, one: string, many = `${one}s`, shown = String(count)): string {
  return `${shown} ${count === 1 ? one : many}`
}
