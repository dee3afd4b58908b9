/** Where something else replaces the package; the texts have a sentence for each. */
export type Impossible = 'inCheckout' | 'portable' | 'byPackageManager'

/** What is done about updates, as decided at the start. */
export type UpdatePlan =
  /** No feed is set: nothing is asked of anybody. */
  | { readonly kind: 'off' }
  /** A feed is set, but this kind of package cannot replace itself. */
  | { readonly kind: 'impossible'; readonly why: Impossible }
  | { readonly kind: 'look'; readonly feed: string }

export interface UpdateCircumstances {
  readonly feed: string | null
  readonly isPackaged: boolean
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

export function planUpdates({ feed, isPackaged, platform, env }: UpdateCircumstances): UpdatePlan {
  if (feed === null) return { kind: 'off' }
  if (!isPackaged) return impossible('inCheckout')
  if (env['PORTABLE_EXECUTABLE_FILE']) return impossible('portable')
  // electron-updater could ask for the root password and run dpkg; that is the package manager's own work.
  if (platform === 'linux' && !env['APPIMAGE']) return impossible('byPackageManager')
  return { kind: 'look', feed }
}

function impossible(why: Impossible): UpdatePlan {
  return { kind: 'impossible', why }
}

/** Whether the updater may ask for an address: only for what lies in the feed's own folder. */
export function isOfFeed(url: string, feed: string): boolean {
  const folder = URL.parse(feed.endsWith('/') ? feed : `${feed}/`)
  const asked = URL.parse(url)
  if (folder === null || asked === null || asked.origin !== folder.origin) return false
  return asked.username === '' && asked.password === '' && asked.pathname.startsWith(folder.pathname)
}
