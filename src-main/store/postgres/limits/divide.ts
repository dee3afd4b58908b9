/** What a gateway keeps of a limit, uses and wants. */
interface Claim {
  readonly limit: number
  readonly keep: number
  readonly busy: number
  readonly wants: 'nothing' | 'first' | 'more'
}

/** The rows of a limit, under its lock. */
export interface Stand {
  /** This gateway's share; 0 without a row. */
  readonly mine: number
  /** The shares of all others, or what they use if that is more, and what ended gateways have used. */
  readonly others: number
  /** The gateways that are alive. */
  readonly gateways: number
}

export interface Division {
  readonly share: number
  /** All shares afterwards, and what is used beyond them. */
  readonly claimed: number
}

/**
 * This gateway's new share. It is raised only by what nobody has, so that the sum of all shares never grows above the limit. What
 * a gateway uses beyond its share becomes its share first.
 */
export function divide({ limit, keep, busy, wants }: Claim, { mine, others, gateways }: Stand): Division {
  // A share that others have taken back is gone, whatever its gateway believes.
  const kept = Math.min(keep, mine)
  const covered = Math.max(kept, Math.min(busy, limit - others))
  const free = Math.max(0, limit - others - Math.max(kept, busy))
  const first = Math.max(0, firstShare(limit, gateways) - covered)
  const more = wants === 'more' ? Math.max(first, Math.ceil(free / 2)) : wants === 'first' ? first : 0
  const share = covered + Math.min(free, more)
  return { share, claimed: others + Math.max(share, busy) }
}

/** What each gateway gets of a limit before it uses it. Half of all is left for those who need more. */
export function firstShare(limit: number, gateways: number): number {
  return gateways <= 1 ? limit : Math.floor(limit / (2 * gateways))
}
