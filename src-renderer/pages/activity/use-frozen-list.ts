import { useEffect, useState } from 'react'
import type { Exchange } from '#shared/gateway/exchange.ts'

/** In pixels. The list moves while the page is scrolled down less than this. */
const TOP = 120

export interface FrozenList {
  readonly shown: readonly Exchange[]
  /** The number of newer exchanges that are not shown. */
  readonly waiting: number
  readonly paused: boolean
  setPaused(paused: boolean): void
}

/**
 * Freezes a list while the person has paused it or has scrolled down. Newer exchanges then wait above the newest one
 * that was shown.
 */
export function useFrozenList(rows: readonly Exchange[]): FrozenList {
  const [paused, setPaused] = useState(false)
  const isFrozen = useIsScrolledDown() || paused
  const [anchor, setAnchor] = useState<string | null>(null)
  const newest = rows[0]?.id ?? null
  if (isFrozen && anchor === null && newest !== null) setAnchor(newest)
  if (!isFrozen && anchor !== null) setAnchor(null)
  const waiting =
    isFrozen && anchor !== null
      ? Math.max(
          0,
          rows.findIndex(({ id }) => id === anchor),
        )
      : 0
  return { shown: waiting === 0 ? rows : rows.slice(waiting), waiting, paused, setPaused }
}

function useIsScrolledDown(): boolean {
  const [scrolledDown, setScrolledDown] = useState(false)
  useEffect(() => {
    const look = () => setScrolledDown(window.scrollY > TOP)
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [])
  return scrolledDown
}
