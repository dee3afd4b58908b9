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
// Before anything that a press of it does.
addEventListener('keydown', () => showFocus(true), { capture: true })
addEventListener('pointerdown', () => showFocus(false), { capture: true })
await openSession()
// A link pasted into a page that is open changes its fragment only. Before the router hears of it: it is no page.
addEventListener('hashchange', () => void openSession())

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App />)

/** Browsers differ in whether they show a focus that a script has set, as when a dialog closes. */
function showFocus(byKeyboard: boolean): void {
  document.documentElement.toggleAttribute('data-by-keyboard', byKeyboard)
}

/**
 * Another page begins at its top, however far down the one before was left. Heard before the router hears of it: a long
 * list is drawn for where the window is scrolled to. The tabs of one page stay where they are.
 */
function beginAtTop({ oldURL, newURL }: HashChangeEvent): void {
  const pageOf = (address: string) => new URL(address).hash.split('/')[1]
  if (pageOf(oldURL) !== pageOf(newURL)) window.scrollTo(0, 0)
}
