import { Link, useRoute } from 'wouter'
import type { AppState } from '#shared/console-api/state.ts'
import { Logo } from '../parts/layout/logo.tsx'
import { text } from '../text/text.ts'
import { PAGES, type PageEntry } from './pages.ts'
import classes from './shell.module.css'
import { ThemeButton } from './theme-button.tsx'

export function Navigation({ state }: { state: AppState }) {
  return (
    <nav aria-label={text.shell.navigation} className={classes.side}>
      <Link href="/" className={classes.brand} aria-label="Latchkey">
        <Logo size="2rem" />
        <span className={classes.brandName}>Latchkey</span>
      </Link>
      <div className={classes.nav}>
        {PAGES.map((entry) => (
          <NavigationLink key={entry.path} entry={entry} waiting={waitingOn(entry.path, state)} />
        ))}
      </div>
      {state.upstream.sample && (
        <p className={classes.demo}>
          <b>{text.shell.demo}</b> <span className={classes.long}>{text.shell.demoText}</span>
        </p>
      )}
      <ThemeButton />
    </nav>
  )
}

/** The number of questions that wait for the person on a page. */
function waitingOn(path: string, { pendingOrigins, pendingOnline, pendingOtherApps }: AppState): number {
  if (path === '/sites') return pendingOrigins
  return path === '/keys' ? pendingOnline + pendingOtherApps : 0
}

function NavigationLink({ entry, waiting }: { entry: PageEntry; waiting: number }) {
  const [active] = useRoute(entry.route ?? entry.path)
  const Icon = entry.icon
  return (
    <Link href={entry.path} className={classes.link} aria-current={active ? 'page' : undefined}>
      <span className={classes.icon}>
        <Icon size="1.3rem" stroke={1.7} aria-hidden />
        {waiting > 0 && <span className={classes.count}>{waiting > 9 ? '9+' : waiting}</span>}
      </span>
      <span className={classes.long}>{entry.label}</span>
      <span className={classes.short}>{entry.shortLabel}</span>
    </Link>
  )
}
