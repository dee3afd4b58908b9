import { type AppState, isOfUse } from '#shared/console-api/state.ts'

/** The icons under build/packaging/icons/. Each state has its own shape, because a template image has no colour. */
export const TRAY_STATES = ['running', 'paused', 'question', 'upstream-down'] as const
export type TrayState = (typeof TRAY_STATES)[number]

/** How an icon is drawn: as a template (alpha only), or for a light or a dark panel. */
export const TRAY_LOOKS = ['template', 'light', 'dark'] as const
export type TrayLook = (typeof TRAY_LOOKS)[number]

/** A state that stops everything comes first, then open questions. */
export function trayStateOf(state: AppState): TrayState {
  if (state.gateway.status === 'stopped') return 'upstream-down'
  if (state.gateway.status === 'paused') return 'paused'
  const { pendingOrigins, pendingOnline, pendingOtherApps, pendingPeople, pendingPairings } = state
  const questions = pendingOrigins + pendingOnline + pendingOtherApps + pendingPeople + pendingPairings
  if (questions > 0) return 'question'
  return isOfUse(state.upstream) ? 'running' : 'upstream-down'
}

/** macOS colours a template to suit its menu bar; elsewhere the panel's theme decides. */
export function trayLookOf(platform: NodeJS.Platform, darkPanel: boolean): TrayLook {
  if (platform === 'darwin') return 'template'
  return darkPanel ? 'dark' : 'light'
}
