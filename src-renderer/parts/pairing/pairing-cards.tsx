import { useEffect } from 'react'
import type { ShownPairing } from '../../api/shown-pairings.ts'
import { PairingCard } from './pairing-card.tsx'
import { useIsSettled } from './use-is-settled.ts'

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
