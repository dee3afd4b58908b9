import { describe, expect, it } from 'vitest'
import { deviceProgram } from '#shared/lan/device-program.ts'
import type { LanDevice, LanFailure } from '#shared/lan/lan.ts'
import { missingOf } from '#shared/lan/missing.ts'

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const IPHONE = `Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) ${WEBKIT} Version/26.0 Mobile/15E148 Safari/604.1`
const IPHONE_FIREFOX = `Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) ${WEBKIT} FxiOS/153.0 Mobile Safari/605.1`
const ANDROID =
  'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36'
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/26.0 Safari/605.1.15`
const LINUX_FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const WINDOWS_FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0'

describe('a device by its User-Agent', () => {
  it.each([
    [IPHONE, 'Safari', 'iPhone'],
    [IPHONE_FIREFOX, 'Firefox', 'iPhone'],
    [ANDROID, 'Chrome', 'Android'],
    [MAC, 'Safari', 'Mac'],
    [LINUX_FIREFOX, 'Firefox', 'Linux'],
    [WINDOWS_FIREFOX, 'Firefox', 'Windows'],
    ['curl/8.14.1', 'curl', null],
    ['ollama/0.30.0 (arm64 darwin) Go/go1.25', 'ollama', null],
    ['<script>', null, null],
    [null, null, null],
  ])('%s', (userAgent, program, system) => {
    expect(deviceProgram(userAgent)).toEqual({ program, system })
  })
})

function deviceOf(device: Partial<LanDevice> & { reason?: LanFailure; at?: number }): LanDevice {
  const { reason, at = 2000, ...rest } = device
  return {
    address: '192.168.1.22',
    userAgent: null,
    firstSeenAt: 500,
    lastSecureAt: null,
    lastFailure: reason === undefined ? null : { at, reason },
    usedOldAuthority: false,
    ...rest,
  }
}

describe('what a device lacks', () => {
  it('is nothing once it has connected securely, also if it failed before', () => {
    expect(missingOf(deviceOf({ lastSecureAt: 1000 }), 'authority')).toBeNull()
    expect(missingOf(deviceOf({ lastSecureAt: 3000, reason: 'not_trusted' }), 'authority')).toBeNull()
  })

  it('is the reason of a failure after that, but not a connection that it only ended', () => {
    expect(missingOf(deviceOf({ lastSecureAt: 1000, reason: 'wrong_name' }), 'authority')).toBe('wrong_name')
    expect(missingOf(deviceOf({ lastSecureAt: 1000, reason: 'aborted' }), 'authority')).toBeNull()
    expect(missingOf(deviceOf({ reason: 'aborted' }), 'authority')).toBe('aborted')
  })

  it('is the end of its steps if it has only opened the page', () => {
    expect(missingOf(deviceOf({ userAgent: IPHONE }), 'authority')).toBe('unfinished')
  })

  it('is nothing where no certificate is needed', () => {
    expect(missingOf(deviceOf({ reason: 'not_trusted' }), 'off')).toBeNull()
  })

  it('is the new authority after the old one was removed, whatever failed', () => {
    const device = deviceOf({ lastSecureAt: 1000, reason: 'not_trusted', usedOldAuthority: true })
    expect(missingOf(device, 'authority')).toBe('old_authority')
  })

  it.each([
    [IPHONE, 'authority', 'not_trusted_ios'],
    [IPHONE_FIREFOX, 'authority', 'not_trusted_ios'],
    [ANDROID, 'authority', 'not_trusted'],
    [LINUX_FIREFOX, 'authority', 'not_trusted_firefox'],
    [WINDOWS_FIREFOX, 'authority', 'not_trusted'],
    ['curl/8.14.1', 'authority', 'not_trusted_program'],
    [null, 'authority', 'not_trusted'],
    [IPHONE, 'files', 'not_trusted_files'],
  ] as const)('is trust, with the step for %s and %s', (userAgent, tls, missing) => {
    expect(missingOf(deviceOf({ userAgent, reason: 'not_trusted' }), tls)).toBe(missing)
  })
})
