import type { Settings } from '#shared/settings/settings.ts'

/**
 * The settings of a process beside the main one: it announces nothing and has no console. Certificates of Latchkey's own authority
 * are made and served by the main one alone, so that no two processes make them at the same time.
 */
export function besideMain(settings: Settings): Settings {
  const lan = settings.lanTls === 'authority' ? [] : settings.lan
  return { ...settings, discovery: false, shareConsole: false, lan }
}
