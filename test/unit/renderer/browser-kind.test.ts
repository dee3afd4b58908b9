import { describe, expect, it } from 'vitest'
import { likelyBrowser } from '../../../src-renderer/parts/browsers/browser-kind.ts'

const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const ELECTRON = CHROME.replace('Safari', 'Electron/45.4.1 Safari')

describe('the browser that a person most likely uses', () => {
  it.each([
    ['Chrome', CHROME, 'chromium'],
    ['Edge', `${CHROME} Edg/156.0.0.0`, 'chromium'],
    ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'firefox'],
    ['Safari', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/26.0 Safari/605.1.15`, 'webkit'],
    ['Chrome on an iPhone', `Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) ${APPLE} CriOS/156.0 Safari/604.1`, 'webkit'],
    ['Firefox on an iPhone', `Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) ${APPLE} FxiOS/153.0 Safari/605.1.15`, 'webkit'],
  ])('is the one in which the console is open: %s', (_, userAgent, kind) => {
    expect(likelyBrowser(userAgent, [{ userAgent: kind === 'firefox' ? 'Chrome' : 'Firefox' }])).toBe(kind)
  })

  it('is the one that called last, in the window of the desktop app', () => {
    const exchanges = [{ userAgent: 'curl' }, { userAgent: null }, { userAgent: 'Firefox' }, { userAgent: 'Chrome' }]
    expect(likelyBrowser(ELECTRON, exchanges)).toBe('firefox')
    expect(likelyBrowser(ELECTRON, [{ userAgent: 'Safari' }])).toBe('webkit')
  })

  it('is Chromium where nothing is known', () => {
    expect(likelyBrowser(ELECTRON, [{ userAgent: 'curl' }])).toBe('chromium')
  })
})
