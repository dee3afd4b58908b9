import { posix, win32 } from 'node:path'

/** The facts that determine the folders of apps' configurations. */
export interface Places {
  readonly platform: NodeJS.Platform
  /** The user's home folder, absolute. */
  readonly home: string
  /** Latchkey's environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Joins path parts by the rules of the places' platform. */
export function joinOn({ platform }: Places): (...parts: string[]) => string {
  return platform === 'win32' ? win32.join : posix.join
}

/** The folder that a variable names; undefined if it is not set or not absolute. */
export function folderFrom({ platform, env }: Places, variable: string): string | undefined {
  const value = env[variable]
  const { isAbsolute } = platform === 'win32' ? win32 : posix
  return value !== undefined && isAbsolute(value) ? value : undefined
}

/** `~/.config` by the XDG rules, for apps that use them on every system. */
export function xdgConfig(places: Places): string {
  return folderFrom(places, 'XDG_CONFIG_HOME') ?? joinOn(places)(places.home, '.config')
}

/** `%APPDATA%`. */
function roamingAppData(places: Places): string {
  return folderFrom(places, 'APPDATA') ?? joinOn(places)(places.home, 'AppData', 'Roaming')
}

/** The folder of Zed (crates/paths/src/paths.rs: config_dir). */
export function zedFolder(places: Places): string {
  const join = joinOn(places)
  if (places.platform === 'win32') return join(roamingAppData(places), 'Zed')
  if (places.platform === 'darwin') return join(places.home, '.config', 'zed')
  return join(folderFrom(places, 'FLATPAK_XDG_CONFIG_HOME') ?? xdgConfig(places), 'zed')
}

/** The folder of llm (llm/__init__.py: user_dir; click's get_app_dir). */
export function llmFolder(places: Places): string {
  const join = joinOn(places)
  const own = folderFrom(places, 'LLM_USER_PATH')
  if (own !== undefined) return own
  if (places.platform === 'win32') return join(roamingAppData(places), 'io.datasette.llm')
  if (places.platform === 'darwin') return join(places.home, 'Library', 'Application Support', 'io.datasette.llm')
  return join(xdgConfig(places), 'io.datasette.llm')
}

/** The folder of goose (crates/goose/src/config/paths.rs; etcetera's choose_app_strategy). */
export function gooseFolder(places: Places): string {
  const join = joinOn(places)
  const root = folderFrom(places, 'GOOSE_PATH_ROOT')
  if (root !== undefined) return join(root, 'config')
  if (places.platform === 'win32') return join(roamingAppData(places), 'Block', 'goose', 'config')
  return join(xdgConfig(places), 'goose')
}
