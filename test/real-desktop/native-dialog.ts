import { spawnSync } from 'node:child_process'
import type { ElectronApplication } from 'playwright'
import { until } from '../support/until.ts'

const TITLE = '^Latchkey$'
/** From the lower edge of a message box of GTK to the middle of its buttons, which share its width. */
const BUTTON_HEIGHT = 18

/** Clicks the one of two buttons of the app's message box, of which only the window system knows. */
export async function answerNativeDialog(app: ElectronApplication, button: 'left' | 'right'): Promise<void> {
  const id = await until(() => findNativeDialog(app), 'the message box')
  await until(() => {
    // A click that comes before the box listens is lost, so it is repeated.
    click(id, button)
    return findNativeDialog(app) === undefined
  }, 'the message box to go')
}

export function findNativeDialog(app: ElectronApplication): string | undefined {
  const [id] = xdotool('search', '--all', '--onlyvisible', '--pid', String(app.process().pid), '--name', TITLE)
  return id === '' ? undefined : id
}

function click(id: string, button: 'left' | 'right'): void {
  const [width = 0, height = 0] = xdotool('getwindowgeometry', '--shell', id)
    .filter((line) => /^(?:WIDTH|HEIGHT)=/.test(line))
    .map((line) => Number(line.split('=')[1]))
  const x = Math.round(width * (button === 'left' ? 0.25 : 0.75))
  // One command, which ends at its first part when the box has gone.
  xdotool('windowraise', id, 'mousemove', '--window', id, String(x), String(height - BUTTON_HEIGHT), 'click', '1')
}

function xdotool(...args: string[]): string[] {
  return spawnSync('xdotool', args, { encoding: 'utf8' }).stdout.split('\n')
}
