import { useMantineColorScheme } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { isSessionMissing } from '../api/client.ts'
import { useAppState, useMe, useSettings } from '../api/queries.ts'
import { bringsLanguage } from '../text/language.ts'
import { language } from '../text/text.ts'
import { keepOwnChoice } from '../theme/own-choices.ts'
import { FirstRunContext } from './first-run.ts'
import { WaitingPage } from './full-pages.tsx'
import { Shell } from './shell.tsx'
import { SignedOut } from './signed-out.tsx'

/** Shows the pages, or the reason why they cannot be shown. */
export function Root() {
  const state = useAppState()
  const me = useMe()
  const signedOut = useSignedOut(state)
  const firstRun = useFirstRun(state.data?.keys)
  useThemeFromSettings()
  useLanguageFromSettings()

  if (signedOut) return <SignedOut retry={() => void state.refetch()} />
  if (state.data === undefined || me.data === undefined) {
    return <WaitingPage unanswered={state.failureCount + me.failureCount > 0} />
  }
  return (
    <FirstRunContext value={firstRun}>
      <Shell state={state.data} role={me.data.role} />
    </FirstRunContext>
  )
}

/** True from an answer that there is no session until one with data, also while the page asks again. */
function useSignedOut({ error, data }: ReturnType<typeof useAppState>): boolean {
  const [before, setBefore] = useState(false)
  const now = isSessionMissing(error) || (before && data === undefined)
  if (now !== before) setBefore(now)
  return now
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
    if (chosen !== undefined) keepOwnChoice('language', null)
    // Without a language in the document, the page would reload again and again.
    if (chosen !== undefined && chosen !== language && bringsLanguage()) location.reload()
  }, [chosen])
}

/** Applies the theme of the settings. The document has it only for the first paint. */
function useThemeFromSettings() {
  const chosen = useSettings().data?.theme
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (chosen !== undefined) keepOwnChoice('theme', null)
    if (chosen !== undefined && chosen !== colorScheme) setColorScheme(chosen)
  }, [chosen, colorScheme, setColorScheme])
}
