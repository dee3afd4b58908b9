import type { ReplacedBy } from '#shared/settings/updates.ts'

/** How this installation updates, decided at the start. */
export type UpdatePlan =
  /** No server is asked. */
  { readonly kind: 'off' } | { readonly kind: 'look'; readonly feed: string; readonly replacedBy: ReplacedBy }

export interface UpdateCircumstances {
  readonly feed: string | undefined
  readonly isPackaged: boolean
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

export function planUpdates({ feed, isPackaged, platform, env }: UpdateCircumstances): UpdatePlan {
  // A checkout is updated with git.
  if (feed === undefined || !isPackaged) return { kind: 'off' }
  return { kind: 'look', feed, replacedBy: replacedBy(platform, env) }
}

function replacedBy(platform: NodeJS.Platform, env: UpdateCircumstances['env']): ReplacedBy {
  if (env['PORTABLE_EXECUTABLE_FILE']) return 'portable'
  // electron-updater could ask for the root password and run dpkg, but that is the package manager's task.
  return platform === 'linux' && !env['APPIMAGE'] ? 'package' : 'itself'
}
