import { spawnSync } from 'node:child_process'
import { copyFileSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from '../building/built.ts'
import { type Copy, makeCopy } from '../real-electron/copy.ts'
import { ensurePackages, type Packages } from '../real-electron/debian.ts'
import { startDisplay } from '../real-electron/display.ts'
import { environmentOf } from '../real-electron/environment.ts'
import { prepareRuntime } from '../real-electron/runtime.ts'
import { asUser, normalUser } from '../real-electron/user.ts'

// `npm run screenshots:desktop`: takes docs/screenshots/desktop-*.png of the app in a real Electron on an Xfce desktop: the
// window and the tray menu, in both themes. It uses the gateway's default port, so no other Latchkey may run.
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TARGET = join(ROOT, 'docs/screenshots')
const DESKTOP: Packages = [
  ['xfce4-panel', '/usr/bin/xfce4-panel'],
  ['xfwm4', '/usr/bin/xfwm4'],
  ['greybird-gtk-theme', '/usr/share/themes/Greybird-dark/xfwm4/themerc'],
  ['adwaita-icon-theme', '/usr/share/icons/Adwaita/index.theme'],
  ['x11-xserver-utils', '/usr/bin/xsetroot'],
  ['imagemagick', '/usr/bin/import'],
]
const SCRIPT = 'build/scripts/screenshots/desktop/take.ts'

const missing = ensurePackages(DESKTOP)
if (missing === undefined) await takePictures()
else console.log(`No pictures of the desktop app were taken: ${missing}.`)

async function takePictures(): Promise<void> {
  await ensureBuilt()
  const user = normalUser()
  const copy = makeCopy(ROOT, await prepareRuntime(), user)
  try {
    for (const theme of ['light', 'dark']) await takeTheme(copy, asUser(user), theme)
    for (const file of globSync(join(copy.temp, 'desktop-*.png'))) copyFileSync(file, join(TARGET, basename(file)))
  } finally {
    copy.remove()
  }
}

/** Each theme has its own display, so that the pictures of one cannot show windows of the other. */
async function takeTheme(copy: Copy, prefix: readonly string[], theme: string): Promise<void> {
  const display = await startDisplay(prefix)
  const node = join(copy.root, 'node_modules/node/bin/node')
  const [program, ...args] = [...prefix, 'dbus-run-session', '--', node, SCRIPT, theme, copy.temp]
  try {
    const { status } = spawnSync(program, args, {
      cwd: copy.root,
      stdio: 'inherit',
      env: environmentOf(copy, display.name),
    })
    if (status !== 0) throw new Error(`The pictures of the ${theme} theme could not be taken`)
  } finally {
    display.stop()
  }
}
