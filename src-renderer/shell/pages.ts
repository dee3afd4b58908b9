import {
  IconChartBar,
  IconHome,
  IconKey,
  IconListDetails,
  IconMessageQuestion,
  IconPlugConnected,
  IconSettings,
  IconWorld,
} from '@tabler/icons-react'
import { type ComponentType, lazy } from 'react'
import { HomePage } from '../pages/home/home-page.tsx'
import { text } from '../text/text.ts'

export interface PageEntry {
  readonly path: string
  /** The route pattern if more addresses than `path` show the page. */
  readonly route?: string
  readonly label: string
  /** For the narrow rail, below the icon. */
  readonly shortLabel: string
  readonly icon: typeof IconHome
  readonly page: ComponentType
}

/** The page comes after the first bundle, because of the steps of all apps. */
export const ConnectPage = lazy(async () => ({
  default: (await import('../pages/connect/connect-page.tsx')).ConnectPage,
}))

/** All pages in the order of the navigation. The page that most starts show is in the first bundle. */
export const PAGES: readonly PageEntry[] = [
  { path: '/', label: text.shell.home, shortLabel: text.shell.home, icon: IconHome, page: HomePage },
  {
    path: '/keys',
    label: text.shell.keys,
    shortLabel: text.shell.keys,
    icon: IconKey,
    page: lazy(async () => ({ default: (await import('../pages/keys/keys-page.tsx')).KeysPage })),
  },
  {
    path: '/sites',
    label: text.shell.origins,
    shortLabel: text.shell.originsShort,
    icon: IconWorld,
    page: lazy(async () => ({ default: (await import('../pages/origins/origins-page.tsx')).OriginsPage })),
  },
  {
    path: '/usage',
    label: text.shell.usage,
    shortLabel: text.shell.usage,
    icon: IconChartBar,
    page: lazy(async () => ({ default: (await import('../pages/usage/usage-page.tsx')).UsagePage })),
  },
  {
    path: '/activity',
    label: text.shell.activity,
    shortLabel: text.shell.activity,
    icon: IconListDetails,
    page: lazy(async () => ({ default: (await import('../pages/activity/activity-page.tsx')).ActivityPage })),
  },
  {
    path: '/connect',
    label: text.shell.connect,
    shortLabel: text.shell.connectShort,
    icon: IconPlugConnected,
    page: ConnectPage,
  },
  {
    path: '/try',
    label: text.shell.tryOut,
    shortLabel: text.shell.tryOutShort,
    icon: IconMessageQuestion,
    page: lazy(async () => ({ default: (await import('../pages/try-out/try-page.tsx')).TryPage })),
  },
  {
    path: '/settings',
    route: '/settings/:section?',
    label: text.shell.settings,
    shortLabel: text.shell.settingsShort,
    icon: IconSettings,
    page: lazy(async () => ({ default: (await import('../pages/settings/settings-page.tsx')).SettingsPage })),
  },
]
