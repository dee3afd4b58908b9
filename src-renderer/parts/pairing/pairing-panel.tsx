import { VisuallyHidden } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { type ShownPairing, usePairings } from '../../api/shown-pairings.ts'
import { ErrorBoundary } from '../../shell/error-boundary.tsx'
import { text } from '../../text/text.ts'
import { Loading } from '../feedback/loading.tsx'
import classes from './pairing.module.css'
import { FOCUS_KEY, usePanelFocus } from './use-panel-focus.ts'

// Most starts of the console have no question.
const PairingCards = lazy(async () => ({ default: (await import('./pairing-cards.tsx')).PairingCards }))

const NONE: readonly ShownPairing[] = []

/**
 * Shows the apps that ask for a key, above every page and dialog. It never takes the focus, because the person may be
 * typing; F8 moves the focus here and back.
 */
export function PairingPanel() {
  const shown = usePairings().data ?? NONE
  const open = shown.filter(({ outcome }) => outcome === null)
  const latest = open.at(-1)?.request
  const { panel, onShown } = usePanelFocus(open.length > 0)
  return (
    <>
      {latest !== undefined && (
        <VisuallyHidden role="alert">{text.pairing.announced({ name: latest.name, code: latest.code })}</VisuallyHidden>
      )}
      {shown.length > 0 && (
        <section ref={panel} aria-label={text.pairing.region} aria-keyshortcuts={FOCUS_KEY} className={classes.panel}>
          <ErrorBoundary>
            <Suspense fallback={<Loading />}>
              <PairingCards shown={shown} onShown={onShown} />
            </Suspense>
          </ErrorBoundary>
        </section>
      )}
    </>
  )
}
