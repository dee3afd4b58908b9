/** What the About section of the desktop app shows: strings that a page cannot know by itself. */
export interface About {
  readonly version: string
  readonly electron: string
  readonly chromium: string
  readonly node: string
  readonly dataDir: string
  readonly logFile: string
}

export const ABOUT_NAMES = [
  'version',
  'electron',
  'chromium',
  'node',
  'dataDir',
  'logFile',
] as const satisfies readonly (keyof About)[]

/** `window.latchkeyDesktop` in the desktop app, put there by its preload; undefined in a browser. */
export interface DesktopBridge {
  readonly shell: 'desktop'
  about(): About
}
