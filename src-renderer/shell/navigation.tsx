import { ActionIcon } from '@mantine/core'
import { IconUserCircle } from '@tabler/icons-react'
import { Link, useRoute } from 'wouter'
import type { AppState } from '#shared/console-api/state.ts'
import { isOperator, type Role } from '#shared/people/role.ts'
import { usePeople } from '../api/queries.ts'
import { Logo } from '../parts/layout/logo.tsx'
import { text } from '../text/text.ts'
import { ACCOUNT_PATH } from './account-path.ts'
import { type PageEntry, pagesFor } from './pages.ts'
import classes from './shell.module.css'
import { ThemeButton } from './theme-button.tsx'

/** The pages of a person's role. */
export function Navigation({ state, role }: { state: AppState; role: Role }) {
  const newcomers = usePeople().data?.filter((person) => person.state === 'pending').length ?? 0
  const entries = pagesFor(role).filter(({ roles, listedFor = roles }) => listedFor.includes(role))
  return (
    <nav aria-label={text.shell.navigation} className={classes.side}>
      <Link href="/" className={classes.brand} aria-label="Latchkey">
        <Logo size="2rem" />
        <span className={classes.brandName}>Latchkey</span>
      </Link>
      <div className={classes.nav}>
        {entries.map((entry) => (
          <NavigationLink
            key={entry.path}
            entry={entry}
            label={isOperator(role) ? entry.label : (entry.ownLabel ?? entry.label)}
            waiting={entry.path === '/people' ? newcomers : waitingOn(entry.path, state)}
          />
        ))}
      </div>
      {state.upstream.sample && (
        <p className={classes.demo}>
          <b>{text.shell.demo}</b> <span className={classes.long}>{text.shell.demoText}</span>
        </p>
      )}
      <div className={classes.corner}>
        <ThemeButton />
        {isOperator(role) && <AccountButton />}
      </div>
    </nav>
  )
}

/** Operators have many pages, so the one about themselves is at the end. */
function AccountButton() {
  const [active] = useRoute(ACCOUNT_PATH)
  return (
    <ActionIcon
      component={Link}
      href={ACCOUNT_PATH}
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={text.shell.account}
      aria-current={active ? 'page' : undefined}
    >
      <IconUserCircle size="1.2rem" stroke={1.7} />
    </ActionIcon>
  )
}

/** The number of questions that wait for the person on a page. */
function waitingOn(path: string, { pendingOrigins, pendingOnline, pendingOtherApps }: AppState): number {
  if (path === '/sites') return pendingOrigins
  return path === '/keys' ? pendingOnline + pendingOtherApps : 0
}

interface NavigationLinkProps {
  entry: PageEntry
  label: string
  waiting: number
}

function NavigationLink({ entry, label, waiting }: NavigationLinkProps) {
  const [active] = useRoute(entry.route ?? entry.path)
  const Icon = entry.icon
  return (
    <Link href={entry.path} className={classes.link} aria-current={active ? 'page' : undefined}>
      <span className={classes.icon}>
        <Icon size="1.3rem" stroke={1.7} aria-hidden />
        {waiting > 0 && <span className={classes.count}>{waiting > 9 ? '9+' : waiting}</span>}
      </span>
      <span className={classes.long}>{label}</span>
      <span className={classes.short}>{entry.shortLabel}</span>
    </Link>
  )
}
