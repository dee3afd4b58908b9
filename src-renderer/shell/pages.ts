import {
  IconChartBar,
  IconHome,
  IconKey,
  IconListDetails,
  IconMessageQuestion,
  IconPlugConnected,
  IconSettings,
  IconUserCircle,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react'
import { type ComponentType, lazy } from 'react'
import { EVERYONE, MEMBERS, OPERATORS, type Role } from '#shared/people/role.ts'
import { HomePage } from '../pages/home/home-page.tsx'
import { text } from '../text/text.ts'
import { ACCOUNT_PATH } from './account-path.ts'

export interface PageEntry {
  readonly path: string
  /** The route pattern if more addresses than `path` show the page. */
  readonly route?: string
  readonly label: string
  /** For the narrow rail, below the icon. */
  readonly shortLabel: string
  /** The label for a person who sees only what is theirs, if it differs. */
  readonly ownLabel?: string
  readonly icon: typeof IconHome
  /** Who may open the page. */
  readonly roles: readonly Role[]
  /** Who finds it in the navigation. The others follow links to it. Without it: everybody who may open it. */
  readonly listedFor?: readonly Role[]
  readonly page: ComponentType
}

/** The page comes after the first bundle, because of the steps of all apps. */
export const ConnectPage = lazy(async () => ({
  default: (await import('../pages/connect/connect-page.tsx')).ConnectPage,
}))

/** All pages in the order of the navigation. The page that most starts show is in the first bundle. */
const PAGES: readonly PageEntry[] = [
  { path: '/', label: text.shell.home, shortLabel: text.shell.home, icon: IconHome, roles: EVERYONE, page: HomePage },
  {
    path: '/keys',
    label: text.shell.keys,
    shortLabel: text.shell.keys,
    ownLabel: text.shell.ownKeys,
    icon: IconKey,
    roles: MEMBERS,
    page: lazy(async () => ({ default: (await import('../pages/keys/keys-page.tsx')).KeysPage })),
  },
  {
    path: '/sites',
    label: text.shell.origins,
    shortLabel: text.shell.originsShort,
    icon: IconWorld,
    roles: OPERATORS,
    page: lazy(async () => ({ default: (await import('../pages/origins/origins-page.tsx')).OriginsPage })),
  },
  {
    path: '/usage',
    label: text.shell.usage,
    shortLabel: text.shell.usage,
    ownLabel: text.shell.ownUsage,
    icon: IconChartBar,
    roles: EVERYONE,
    page: lazy(async () => ({ default: (await import('../pages/usage/usage-page.tsx')).UsagePage })),
  },
  {
    path: '/activity',
    label: text.shell.activity,
    shortLabel: text.shell.activity,
    icon: IconListDetails,
    roles: EVERYONE,
    listedFor: OPERATORS,
    page: lazy(async () => ({ default: (await import('../pages/activity/activity-page.tsx')).ActivityPage })),
  },
  {
    path: '/connect',
    label: text.shell.connect,
    shortLabel: text.shell.connectShort,
    icon: IconPlugConnected,
    roles: EVERYONE,
    page: ConnectPage,
  },
  {
    path: '/try',
    label: text.shell.tryOut,
    shortLabel: text.shell.tryOutShort,
    icon: IconMessageQuestion,
    roles: OPERATORS,
    page: lazy(async () => ({ default: (await import('../pages/try-out/try-page.tsx')).TryPage })),
  },
  {
    path: '/people',
    label: text.shell.people,
    shortLabel: text.shell.people,
    icon: IconUsers,
    roles: OPERATORS,
    page: lazy(async () => ({ default: (await import('../pages/people/people-page.tsx')).PeoplePage })),
  },
  {
    path: ACCOUNT_PATH,
    label: text.shell.account,
    shortLabel: text.shell.accountShort,
    icon: IconUserCircle,
    roles: EVERYONE,
    listedFor: ['member', 'guest'],
    page: lazy(async () => ({ default: (await import('../pages/account/account-page.tsx')).AccountPage })),
  },
  {
    path: '/settings',
    route: '/settings/:section?',
    label: text.shell.settings,
    shortLabel: text.shell.settingsShort,
    icon: IconSettings,
    roles: OPERATORS,
    page: lazy(async () => ({ default: (await import('../pages/settings/settings-page.tsx')).SettingsPage })),
  },
]

/** The pages that a person of this role may open. */
export function pagesFor(role: Role): readonly PageEntry[] {
  return PAGES.filter(({ roles }) => roles.includes(role))
}
