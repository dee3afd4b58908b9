import './no-eval.ts'
import '@mantine/core/styles.css'
import './theme/global.css'
import { createRoot } from 'react-dom/client'
import { openSession } from './api/session.ts'
import { App } from './app.tsx'
import { locale } from './text/text.ts'
import { paintColorScheme } from './theme/color-scheme.ts'

paintColorScheme()
document.documentElement.lang = locale
addEventListener('hashchange', beginAtTop)
// In the capture phase, so that it runs before the handlers of the pressed element.
addEventListener('keydown', () => showFocus(true), { capture: true })
addEventListener('pointerdown', () => showFocus(false), { capture: true })
await openSession()
// A link that is pasted into an open page changes only the fragment. Listens before the router, which would look for a
// page.
addEventListener('hashchange', () => void openSession())

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App />)

/** Browsers differ in whether they show a focus that a script has set, such as after a dialog closes. */
function showFocus(byKeyboard: boolean): void {
  document.documentElement.toggleAttribute('data-by-keyboard', byKeyboard)
}

/**
 * Scrolls to the top when another page opens. Runs before the router, because a long list draws the rows for the scroll
 * position. Tabs of the same page keep their position.
 */
function beginAtTop({ oldURL, newURL }: HashChangeEvent): void {
  const pageOf = (address: string) => new URL(address).hash.split('/')[1]
  if (pageOf(oldURL) !== pageOf(newURL)) window.scrollTo(0, 0)
}
