import { posix, win32 } from 'node:path'

/** The facts that determine the folders of apps' configurations. */
export interface Environment {
  readonly platform: NodeJS.Platform
  /** The user's home folder, absolute. */
  readonly home: string
  /** Latchkey's environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Joins path parts by the rules of the platform. */
export function joinOn({ platform }: Environment): (...parts: string[]) => string {
  return platform === 'win32' ? win32.join : posix.join
}

/** The folder that a variable names; undefined if it is not set or not absolute. */
export function folderFrom({ platform, env }: Environment, variable: string): string | undefined {
  const value = env[variable]
  const { isAbsolute } = platform === 'win32' ? win32 : posix
  return value !== undefined && isAbsolute(value) ? value : undefined
}

/** `~/.config` by the XDG rules, for apps that use them on every system. */
export function xdgConfig(environment: Environment): string {
  return folderFrom(environment, 'XDG_CONFIG_HOME') ?? joinOn(environment)(environment.home, '.config')
}

/** `%APPDATA%`. */
function roamingAppData(environment: Environment): string {
  return folderFrom(environment, 'APPDATA') ?? joinOn(environment)(environment.home, 'AppData', 'Roaming')
}

/** The folder of Zed (crates/paths/src/paths.rs: config_dir). */
export function zedFolder(environment: Environment): string {
  const join = joinOn(environment)
  if (environment.platform === 'win32') return join(roamingAppData(environment), 'Zed')
  if (environment.platform === 'darwin') return join(environment.home, '.config', 'zed')
  return join(folderFrom(environment, 'FLATPAK_XDG_CONFIG_HOME') ?? xdgConfig(environment), 'zed')
}

/** The folder of llm (llm/__init__.py: user_dir; click's get_app_dir). */
export function llmFolder(environment: Environment): string {
  const join = joinOn(environment)
  const own = folderFrom(environment, 'LLM_USER_PATH')
  if (own !== undefined) return own
  if (environment.platform === 'win32') return join(roamingAppData(environment), 'io.datasette.llm')
  if (environment.platform === 'darwin')
    return join(environment.home, 'Library', 'Application Support', 'io.datasette.llm')
  return join(xdgConfig(environment), 'io.datasette.llm')
}

/** The folder of goose (crates/goose/src/config/paths.rs; etcetera's choose_app_strategy). */
export function gooseFolder(environment: Environment): string {
  const join = joinOn(environment)
  const root = folderFrom(environment, 'GOOSE_PATH_ROOT')
  if (root !== undefined) return join(root, 'config')
  if (environment.platform === 'win32') return join(roamingAppData(environment), 'Block', 'goose', 'config')
  return join(xdgConfig(environment), 'goose')
}
