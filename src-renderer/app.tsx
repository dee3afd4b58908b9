import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { JOIN_PATH } from '#shared/people/invitation.ts'
import { LiveProvider } from './api/events/live.tsx'
import { queryClient } from './api/queries.ts'
import { Root } from './shell/root.tsx'
import { colorSchemeManager } from './theme/color-scheme.ts'
import { cssVariables, theme } from './theme/theme.ts'

// The store keeps toasts until this has loaded.
const Toasts = lazy(async () => ({ default: (await import('./shell/toasts.tsx')).Toasts }))

// Once in a person's life.
const JoinPage = lazy(async () => ({ default: (await import('./pages/sign-in/join-page.tsx')).JoinPage }))

/** The router uses the fragment, so that the handler behind `app://` and HTTP serves a single page. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <Suspense>
        <Toasts />
      </Suspense>
      <QueryClientProvider client={queryClient}>
        {location.pathname === JOIN_PATH ? (
          <Suspense>
            <JoinPage />
          </Suspense>
        ) : (
          <LiveProvider>
            <Router hook={useHashLocation}>
              <Root />
            </Router>
          </LiveProvider>
        )}
      </QueryClientProvider>
    </MantineProvider>
  )
}
