import type { Copy } from './copy.ts'

/** Nothing of the person who runs it: no home, no session, no language. */
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
