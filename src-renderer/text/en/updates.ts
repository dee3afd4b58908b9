import type { ReplacedBy, UpdateFailure } from '#shared/settings/updates.ts'

const failures: Record<UpdateFailure, string> = {
  unreachable:
    'The update server did not answer, or the connection broke. Check your internet connection and try again.',
  wrong_answer:
    'The update server sent something that is not an update. Try again tomorrow; if it stays so, download Latchkey where you got it.',
  damaged:
    'The file is not the one that was announced, so Latchkey deleted it. Try again; if it stays so, download Latchkey where you got it.',
  not_saved: 'The file could not be saved. Make room on the disk and try again.',
}

const replacedBy: Record<ReplacedBy, string> = {
  itself: 'Nothing is downloaded until you say so.',
  portable: 'The portable Latchkey does not replace itself. Download the newer one where you got this one.',
  package:
    'This Latchkey was installed as a package of your system and does not replace itself. Download the newer package where you got this one, and install it in the same way. Your keys are kept.',
}

export const updates = {
  title: 'Updates',
  off: 'This Latchkey does not look for updates. Get a newer one where you got this one.',
  unknown: 'Latchkey has not looked for a newer version yet.',
  looking: 'Looking for a newer version…',
  current: 'Latchkey is up to date.',
  look: 'Look now',
  available: (version: string) => `Latchkey ${version} is available.`,
  replacedBy,
  noNotes: 'Its makers have not written what is new in it.',
  load: 'Download',
  loadAgain: 'Download again',
  loading: (version: string) => `Downloading Latchkey ${version}…`,
  cancel: 'Stop',
  ready: (version: string) => `Latchkey ${version} is ready.`,
  readyHint:
    'A restart ends the answers that are being written. You can restart later, here or in the tray; quitting installs nothing.',
  restart: 'Restart now',
  notPlaced:
    'The newer version could not be put in place, so this one is still running. Check that you may write to its folder and that the disk has room, and try again.',
  failures,
  dailyLabel: 'Look for updates once a day',
  dailyHint:
    'Latchkey then asks its makers’ server for the newest version. The server sees your internet address, and nothing else about you.',
}
