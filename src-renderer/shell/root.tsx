import { useMantineColorScheme } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { isSessionMissing } from '../api/client.ts'
import { useAppState, useSettings } from '../api/queries.ts'
import { bringsLanguage } from '../text/language.ts'
import { language } from '../text/text.ts'
import { FirstRunContext } from './first-run.ts'
import { SessionPage, WaitingPage } from './full-pages.tsx'
import { Shell } from './shell.tsx'

/** Shows the pages, or the reason why they cannot be shown. */
export function Root() {
  const state = useAppState()
  const firstRun = useFirstRun(state.data?.keys)
  useThemeFromSettings()
  useLanguageFromSettings()

  if (isSessionMissing(state.error)) return <SessionPage retry={() => void state.refetch()} />
  if (state.data === undefined) return <WaitingPage unanswered={state.failureCount > 0} />
  return (
    <FirstRunContext value={firstRun}>
      <Shell state={state.data} />
    </FirstRunContext>
  )
}

/** The first run lasts from "no keys" until the person ends it, not until the first key is made. */
function useFirstRun(keys: number | undefined) {
  const [ended, setEnded] = useState(false)
  const [begun, setBegun] = useState(false)
  const [path] = useLocation()
  if (keys === 0 && !begun) setBegun(true)
  // A link or a notification can open another page; Home shows the first run again.
  return { active: begun && !ended && path === '/', end: () => setEnded(true) }
}

/** Reloads the page if the language changes, because the texts are loaded once. */
function useLanguageFromSettings() {
  const chosen = useSettings().data?.language
  useEffect(() => {
    // Without a language in the document, the page would reload again and again.
    if (chosen !== undefined && chosen !== language && bringsLanguage()) location.reload()
  }, [chosen])
}

/** Applies the theme of the settings. The document has it only for the first paint. */
function useThemeFromSettings() {
  const chosen = useSettings().data?.theme
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (chosen !== undefined && chosen !== colorScheme) setColorScheme(chosen)
  }, [chosen, colorScheme, setColorScheme])
}
