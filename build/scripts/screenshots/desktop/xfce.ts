import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { until } from '../../../../test/support/until.ts'

export type Theme = 'light' | 'dark'

/** In pixels. */
const PANEL_HEIGHT = 30
/** The middle of the only icon in the tray, from the right upper corner of the screen. */
export const TRAY_ICON = { fromRight: 23, fromTop: PANEL_HEIGHT / 2 }
/** GTK's own themes, for the panel and its menus. */
const GTK_THEMES = { light: 'Adwaita', dark: 'Adwaita:dark' } as const
/** For the title bars. */
const FRAMES = { light: 'Greybird', dark: 'Greybird-dark' } as const
/** How long the screen must not change, in milliseconds. */
const STILL_MS = 400
const BACKGROUNDS = { light: '#6d8c86', dark: '#2c3a38' } as const

/** A real desktop: Xfce's window manager and panel, with a list of windows, a clock and a tray. */
export class Desktop {
  readonly env: Readonly<Record<string, string>>
  readonly #programs: ChildProcess[]

  private constructor(env: Record<string, string>, programs: ChildProcess[]) {
    this.env = env
    this.#programs = programs
  }

  /** Uses this process's display, message bus and home folder, which must belong to it alone. */
  static async start(theme: Theme): Promise<Desktop> {
    // The message bus starts the settings daemon, so the settings are where the daemon looks by default.
    writeSettings(join(homedir(), '.config'), theme)
    const env = { GTK_THEME: GTK_THEMES[theme] }
    const start = (program: string, ...args: string[]) =>
      spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
    const desktop = new Desktop(env, [start('xfwm4', '--compositor=off'), start('xfce4-panel')])
    await until(() => xdotool('search', '--onlyvisible', '--class', 'xfce4-panel') !== '', 'the panel')
    spawnSync('xsetroot', ['-solid', BACKGROUNDS[theme]])
    return desktop
  }

  stop(): void {
    for (const program of this.#programs) program.kill()
  }
}

/** Returns the tool's output without the line end. */
export function xdotool(...args: string[]): string {
  return spawnSync('xdotool', args, { encoding: 'utf8' }).stdout.trim()
}

export interface Area {
  readonly width: number
  readonly height: number
  readonly x: number
}

/** Takes a picture of a part of the screen, from the upper edge on, as soon as it stops changing. */
export async function takePicture({ width, height, x }: Area, file: string): Promise<void> {
  const crop = `${width}x${height}+${x}+0`
  const take = () => {
    const args = ['-window', 'root', '-crop', crop, '+repage', '-strip', '-quality', '95', file]
    if (spawnSync('import', args).status !== 0) throw new Error(`${file} could not be taken`)
    return readFileSync(file)
  }
  let last = take()
  await until(async () => {
    await setTimeout(STILL_MS)
    const before = last
    last = take()
    return last.equals(before)
  }, 'the screen to stand still')
}

function writeSettings(config: string, theme: Theme): void {
  const folder = join(config, 'xfce4/xfconf/xfce-perchannel-xml')
  mkdirSync(folder, { recursive: true })
  for (const [channel, properties] of [
    ['xfwm4', windowManager(theme)],
    ['xfce4-panel', panel(theme)],
  ] as const)
    writeFileSync(
      join(folder, `${channel}.xml`),
      `<?xml version="1.0" encoding="UTF-8"?><channel name="${channel}" version="1.0">${properties}</channel>`,
    )
}

function windowManager(theme: Theme): string {
  return `<property name="general" type="empty">
    <property name="theme" type="string" value="${FRAMES[theme]}"/>
    <property name="placement_mode" type="string" value="center"/>
    <property name="title_font" type="string" value="DejaVu Sans Bold 9"/>
    <property name="workspace_count" type="int" value="1"/>
  </property>`
}

function panel(theme: Theme): string {
  return `<property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="${theme === 'dark'}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="${PANEL_HEIGHT}"/>
      <property name="icon-size" type="uint" value="18"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/><value type="int" value="4"/>
        <value type="int" value="5"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist">
      <property name="show-handle" type="bool" value="false"/>
    </property>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="clock"/>
    <property name="plugin-4" type="string" value="systray"/>
    <property name="plugin-5" type="string" value="separator"><property name="style" type="uint" value="0"/></property>
  </property>`
}
