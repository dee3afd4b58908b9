import { VisuallyHidden } from '@mantine/core'
import { type ShownPairing, usePairings } from '../../api/shown-pairings.ts'
import { text } from '../../text/text.ts'
import classes from './pairing.module.css'
import { PairingCard } from './pairing-card.tsx'
import { useIsSettled } from './use-is-settled.ts'
import { FOCUS_KEY, usePanelFocus } from './use-panel-focus.ts'

const NONE: readonly ShownPairing[] = []

/**
 * Shows the apps that ask for a key, above every page and dialog. It never takes the focus, because the person may be
 * typing; F8 moves the focus here and back.
 */
export function PairingPanel() {
  const shown = usePairings().data ?? NONE
  const open = shown.filter(({ outcome }) => outcome === null)
  const latest = open.at(-1)?.request
  const isSettled = useIsSettled(shown.map(({ request, outcome }) => `${request.id} ${outcome}`).join())
  const panel = usePanelFocus(open.length > 0)
  return (
    <>
      <VisuallyHidden role="alert">
        {latest !== undefined && text.pairing.announced({ name: latest.name, code: latest.code })}
      </VisuallyHidden>
      {shown.length > 0 && (
        <section ref={panel} aria-label={text.pairing.region} aria-keyshortcuts={FOCUS_KEY} className={classes.panel}>
          {shown.map((pairing) => (
            <PairingCard
              key={pairing.request.id}
              pairing={pairing}
              isFirst={pairing.request.id === open[0]?.request.id}
              isSettled={isSettled}
            />
          ))}
        </section>
      )}
    </>
  )
}
