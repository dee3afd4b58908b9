import { Suspense } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import type { AppState } from '#shared/console-api/state.ts'
import { isOperator, type Role } from '#shared/people/role.ts'
import { CONNECT_RECIPE_PATH } from '../pages/connect/recipe-path.ts'
import { Loading } from '../parts/feedback/loading.tsx'
import { PairingPanel } from '../parts/pairing/pairing-panel.tsx'
import { text } from '../text/text.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { useFirstRunState } from './first-run.ts'
import { Navigation } from './navigation.tsx'
import { Notices } from './notices.tsx'
import { ConnectPage, pagesFor } from './pages.ts'
import classes from './shell.module.css'

const MAIN_ID = 'content'

export function Shell({ state, role }: { state: AppState; role: Role }) {
  const firstRun = useFirstRunState()
  return (
    <div className={firstRun.active ? classes.bare : classes.shell}>
      <a
        className={classes.skip}
        href={`#${MAIN_ID}`}
        onClick={(event) => {
          // The fragment holds the page's address, so following the link would leave the page.
          event.preventDefault()
          document.getElementById(MAIN_ID)?.focus()
        }}
      >
        {text.shell.skip}
      </a>
      {isOperator(role) && <PairingPanel />}
      {!firstRun.active && <Navigation state={state} role={role} />}
      <main id={MAIN_ID} tabIndex={-1} className={classes.main}>
        <div className={classes.content}>
          <Notices state={state} />
          <Suspense fallback={<Loading />}>{firstRun.active ? <ConnectPage /> : <Pages role={role} />}</Suspense>
        </div>
      </main>
    </div>
  )
}

function Pages({ role }: { role: Role }) {
  const [path] = useLocation()
  return (
    // The same key for all tabs of a page, so that they keep their position and the focus.
    <ErrorBoundary key={path.split('/')[1]}>
      <Switch>
        {pagesFor(role).map(({ path, route = path, page }) => (
          <Route key={path} path={route} component={page} />
        ))}
        <Route path={CONNECT_RECIPE_PATH} component={ConnectPage} />
        <Redirect to="/" />
      </Switch>
    </ErrorBoundary>
  )
}
