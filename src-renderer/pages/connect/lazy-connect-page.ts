import { lazy } from 'react'

/** The target of `latchkey://connect/<recipe>` links. The app is already chosen. */
export const CONNECT_RECIPE_PATH = '/connect/:recipe'

/** The page comes after the first bundle, because of the steps of all apps. */
export const ConnectPage = lazy(async () => ({ default: (await import('./connect-page.tsx')).ConnectPage }))
