/** Random numbers that a seed repeats (mulberry32). */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number
  /** From `least` to `most`. */
  between(least: number, most: number): number
  pick<T>(all: readonly T[]): T
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    int,
    between: (least, most) => least + next() * (most - least),
    pick: <T>(all: readonly T[]) => {
      if (all.length === 0) throw new Error('nothing to pick from')
      // The index is within the list.
      return all[int(all.length)] as T
    },
  }
}
