import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { App, LoginItemSettings } from 'electron'

/** The flag of a start at login: only the tray appears, no window. */
export const HIDDEN_FLAG = '--hidden'

/** The host's LoginItem as synchronous calls: Electron and the file system answer at once. */
export interface SystemLoginItem {
  isOn(): boolean
  /** Throws if the system does not allow it. */
  set(on: boolean): void
}

export interface LoginItemOptions {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Path of the running program. */
  readonly execPath: string
  readonly app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>
}

/** Electron's own call supports macOS and Windows only. On Linux this writes to the XDG autostart folder. */
export function createLoginItem(options: LoginItemOptions): SystemLoginItem {
  const program = startedProgram(options)
  if (options.platform === 'linux') return xdgLoginItem(autostartPath(options), program)
  const args = [HIDDEN_FLAG]
  return {
    isOn: () => isStarted(options.app.getLoginItemSettings({ path: program, args }), options.platform),
    set: (on) => options.app.setLoginItemSettings({ openAtLogin: on, path: program, args }),
  }
}

/** Windows keeps the entry when a person disables it in the Task Manager. */
function isStarted(login: LoginItemSettings, platform: NodeJS.Platform): boolean {
  return login.openAtLogin && (platform !== 'win32' || login.executableWillLaunchAtLogin)
}

/**
 * An AppImage and a portable .exe run from a temporary folder that is deleted when they end. Their environment names
 * the real file.
 */
export function startedProgram({ env, execPath }: Pick<LoginItemOptions, 'env' | 'execPath'>): string {
  return env['APPIMAGE'] || env['PORTABLE_EXECUTABLE_FILE'] || execPath
}

/** XDG Desktop Application Autostart specification: `$XDG_CONFIG_HOME/autostart`, else `~/.config/autostart`. */
export function autostartPath({ env, home }: Pick<LoginItemOptions, 'env' | 'home'>): string {
  // The specification says to ignore a relative path.
  const xdg = env['XDG_CONFIG_HOME']
  const config = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.config')
  return join(config, 'autostart', 'latchkey.desktop')
}

export function autostartEntry(program: string): string {
  return `[Desktop Entry]
Type=Application
Name=Latchkey
Comment=Lets sites and extensions use Ollama with a key
Exec=${execValue(program)} ${HIDDEN_FLAG}
Icon=latchkey
Terminal=false
X-GNOME-Autostart-enabled=true
`
}

/**
 * Desktop Entry specification, "The Exec key": quoted, with `"`, backtick, `$` and `\` escaped, `%` doubled; then, as
 * for every string value, backslashes doubled once more. A path with a line break could add lines of its own.
 */
function execValue(program: string): string {
  if (/[\r\n]/.test(program)) throw new RangeError('a program path with a line break cannot be started at login')
  const quoted = `"${program.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`
  return quoted.replaceAll('\\', '\\\\')
}

function xdgLoginItem(path: string, program: string): SystemLoginItem {
  const read = () => readIfThere(path)
  if (isEntryOn(read())) repair(path, program)
  return {
    isOn: () => isEntryOn(read()),
    set(on) {
      if (!on) return rmSync(path, { force: true })
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, autostartEntry(program))
    },
  }
}

/** An update may rename the AppImage, so an enabled entry is changed to the file that runs now. */
function repair(path: string, program: string): void {
  try {
    if (readFileSync(path, 'utf8') !== autostartEntry(program)) writeFileSync(path, autostartEntry(program))
  } catch {
    // A read-only folder must not prevent the start. The menu's check box reports the problem when it is used.
  }
}

/** Desktops disable an entry by one of these lines and keep the file. */
function isEntryOn(entry: string | undefined): boolean {
  return entry !== undefined && !/^(?:Hidden=true|X-GNOME-Autostart-enabled=false)$/m.test(entry)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
