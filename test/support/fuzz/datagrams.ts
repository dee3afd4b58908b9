import { mutateBytes } from './mutate.ts'
import type { Random } from './random.ts'

/** Fits into one packet of a network; longer ones are not even sent. */
const LONGEST = 1_400

/** `count` datagrams that are each one to four steps away from a sample. */
export function spoiledDatagrams(samples: readonly Buffer[], random: Random, count: number): Buffer[] {
  return Array.from({ length: count }, () => {
    let text = random.of(samples).toString('latin1')
    for (let times = 1 + random.below(4); times > 0; times--) text = mutateBytes(text, random)
    return Buffer.from(text.slice(0, LONGEST), 'latin1')
  })
}
