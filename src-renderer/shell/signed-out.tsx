import { lazy, Suspense } from 'react'
import { WaitingPage } from './full-pages.tsx'

// Most starts have a session.
const SignInPage = lazy(async () => ({ default: (await import('../pages/sign-in/sign-in-page.tsx')).SignInPage }))

/** Served only: shown if this browser has no session. `retry` looks whether it has one now. */
export function SignedOut({ retry }: { retry: () => void }) {
  return (
    <Suspense fallback={<WaitingPage unanswered={false} />}>
      <SignInPage retry={retry} />
    </Suspense>
  )
}
