/** Strings for the About section of the desktop app that a page cannot find out itself. */
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

/** `window.latchkeyDesktop`: the preload sets it in the desktop app; undefined in a browser. */
export interface DesktopBridge {
  readonly shell: 'desktop'
  about(): About
}
