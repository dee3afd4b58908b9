import type { Copy } from './copy.ts'

/** Environment variables for programs in the copy. They hide the developer's home folder, session and language. */
export function environmentOf({ home, temp }: Copy, display: string): Record<string, string> {
  const { PATH = '/usr/bin:/bin', CI } = process.env
  return {
    PATH,
    HOME: home,
    TMPDIR: temp,
    XDG_RUNTIME_DIR: temp,
    DISPLAY: display,
    LANG: 'C.UTF-8',
    ...(CI === undefined ? {} : { CI }),
  }
}
