import { useEffect, useState } from 'react'
import type { Exchange } from '#shared/gateway/exchange.ts'

/** Pixels from the top of the page within which a list moves on. */
const TOP = 120

export interface Held {
  readonly shown: readonly Exchange[]
  /** How many have come since and are not shown. */
  readonly waiting: number
  readonly paused: boolean
  setPaused(paused: boolean): void
}

/**
 * Holds a list still while the person has paused it or reads further down: what is new then waits above the newest
 * exchange that was shown.
 */
export function useFrozenList(rows: readonly Exchange[]): Held {
  const [paused, setPaused] = useState(false)
  const isHeld = useReadingFurtherDown() || paused
  const [anchor, setAnchor] = useState<string | null>(null)
  const newest = rows[0]?.id ?? null
  if (isHeld && anchor === null && newest !== null) setAnchor(newest)
  if (!isHeld && anchor !== null) setAnchor(null)
  const waiting =
    isHeld && anchor !== null
      ? Math.max(
          0,
          rows.findIndex(({ id }) => id === anchor),
        )
      : 0
  return { shown: waiting === 0 ? rows : rows.slice(waiting), waiting, paused, setPaused }
}

function useReadingFurtherDown(): boolean {
  const [reading, setReading] = useState(false)
  useEffect(() => {
    const look = () => setReading(window.scrollY > TOP)
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [])
  return reading
}
