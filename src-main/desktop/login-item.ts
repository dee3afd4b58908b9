import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { App } from 'electron'
import type { LoginItem } from '../app/host.ts'

/** Given to a Latchkey that starts at login: only the tray appears, no window. */
export const HIDDEN_FLAG = '--hidden'

export interface LoginItemOptions {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Path of the running program. */
  readonly execPath: string
  readonly app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>
}

/** Electron's own call knows macOS and Windows only; Linux has the XDG autostart folder. */
export function createLoginItem(options: LoginItemOptions): LoginItem {
  const program = startedProgram(options)
  if (options.platform === 'linux') return xdgLoginItem(autostartPath(options), program)
  const args = [HIDDEN_FLAG]
  return {
    isOn: () => options.app.getLoginItemSettings({ path: program, args }).openAtLogin,
    set: (on) => options.app.setLoginItemSettings({ openAtLogin: on, path: program, args }),
  }
}

/** An AppImage and a portable .exe run from a temporary folder that is gone after they end; they name the real file. */
export function startedProgram({ env, execPath }: Pick<LoginItemOptions, 'env' | 'execPath'>): string {
  return env['APPIMAGE'] || env['PORTABLE_EXECUTABLE_FILE'] || execPath
}

/** XDG Desktop Application Autostart specification: `$XDG_CONFIG_HOME/autostart`, else `~/.config/autostart`. */
export function autostartPath({ env, home }: Pick<LoginItemOptions, 'env' | 'home'>): string {
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'autostart', 'latchkey.desktop')
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

function xdgLoginItem(path: string, program: string): LoginItem {
  return {
    isOn: () => existsSync(path),
    set(on) {
      if (!on) return rmSync(path, { force: true })
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, autostartEntry(program))
    },
  }
}
