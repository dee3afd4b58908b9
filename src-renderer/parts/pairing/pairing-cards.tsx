import { useEffect, useState } from 'react'
import type { ShownPairing } from '../../api/shown-pairings.ts'
import { PairingCard } from './pairing-card.tsx'

/** A person notices within this time that something has moved below the pointer. */
const SETTLES_MS = 700

interface PairingCardsProps {
  shown: readonly ShownPairing[]
  onShown: () => void
}

/** All shown requests, in the order in which they came. */
export function PairingCards({ shown, onShown }: PairingCardsProps) {
  useEffect(onShown, [onShown])
  const first = shown.find(({ outcome }) => outcome === null)
  const isSettled = useIsSettled(shown.map(({ request, outcome }) => `${request.id} ${outcome}`).join())
  return shown.map((pairing) => (
    <PairingCard key={pairing.request.id} pairing={pairing} isFirst={pairing === first} isSettled={isSettled} />
  ))
}

/**
 * False for a moment after each change of `shown`. An app chooses the time of its question, so it could place “Allow” under
 * a click that the person meant for something else.
 */
function useIsSettled(shown: string): boolean {
  const [settled, setSettled] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), SETTLES_MS)
    return () => clearTimeout(timer)
  }, [shown])
  return settled === shown
}
