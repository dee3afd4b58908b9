import { useEffect, useState } from 'react'

/** A person notices within this time that something has moved below the pointer. */
const SETTLES_MS = 700

/**
 * False for a moment after each change of `shown`. An app chooses the time of its question, so it could place “Allow” under
 * a click that the person meant for something else.
 */
export function useIsSettled(shown: string): boolean {
  const [settled, setSettled] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), SETTLES_MS)
    return () => clearTimeout(timer)
  }, [shown])
  return settled === shown
}
