import type { BrowserKind } from '../../parts/browser-kind.ts'

type OfEach = Readonly<Record<BrowserKind, string>>

/** What a web page needs of its browser before it reaches this computer: docs/browsers.md. */
export const browsers = {
  title: 'Works here, but not in a web page?',
  text: 'This question is sent by Latchkey itself. A web page needs its browser’s permission first to reach this computer; until then nothing arrives here, and the page says only that the connection failed.',
  label: 'Which browser is the page open in?',
  names: { chromium: 'Chrome, Edge, Brave', firefox: 'Firefox', webkit: 'Safari' } satisfies OfEach,
  shows: {
    chromium: 'The browser asks once whether the site may “access other apps and services on this device”.',
    firefox:
      'Firefox asks whether the site may “access other apps and services on this device”. The page waits until you have answered.',
    webkit:
      'Safari asks nothing. It stops every secure (https) web page that wants to reach this computer, and nobody can change that: not you, not the site, not Latchkey.',
  } satisfies OfEach,
  todo: {
    chromium:
      'Choose “Allow”. If you chose “Block” before: click the icon left of the page’s address, allow it there, and load the page again.',
    firefox:
      'Choose “Allow”. If you chose “Block” before: click the icon left of the page’s address, take the block away, and load the page again.',
    webkit: 'Open the site in Chrome or Firefox, or use the app’s own program or browser extension.',
  } satisfies OfEach,
}
