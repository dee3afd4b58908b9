import { describe, expect, test } from 'vitest'
import {
  Devices,
  MOST_DEVICES,
  type StoredDevice,
  storedDeviceSchema,
} from '../../../src-main/listeners/devices/devices.ts'

const MINUTE = 60_000

function known(stored: readonly StoredDevice[] = []) {
  const time = { now: 1_000_000 }
  let changes = 0
  const devices = new Devices({ stored, now: () => time.now, onChange: () => (changes += 1) })
  return { time, devices, changes: () => changes }
}

test('a device is unknown until it fails or asks over TLS', () => {
  const { devices, time } = known()
  devices.secured('10.0.0.1', 'A')
  expect(devices.list('A')).toEqual([])
  devices.used('10.0.0.1', 'Mozilla/5.0 (iPhone)')
  expect(devices.list('A')).toEqual([
    {
      address: '10.0.0.1',
      userAgent: 'Mozilla/5.0 (iPhone)',
      firstSeenAt: time.now,
      lastSecureAt: time.now,
      lastFailure: null,
      usedOldAuthority: false,
    },
  ])
})

test('a use is written once a minute, so that a busy device causes no writing', () => {
  const { devices, time, changes } = known()
  devices.used('10.0.0.1', 'curl/8')
  for (let n = 0; n < 100; n++) devices.used('10.0.0.1', 'curl/8')
  expect(changes()).toBe(1)
  time.now += MINUTE
  devices.used('10.0.0.1', 'curl/8')
  expect(changes()).toBe(2)
  // A clock that was set back must not stop it.
  time.now -= 10 * MINUTE
  devices.used('10.0.0.1', 'curl/8')
  expect(devices.list('A')[0]?.lastSecureAt).toBe(time.now)
})

test('an abort tells nothing of a device that came in before, and everything else does', () => {
  const { devices } = known()
  devices.failed('10.0.0.1', 'aborted')
  expect(devices.list('A')[0]?.lastFailure?.reason).toBe('aborted')
  devices.used('10.0.0.1', undefined)
  devices.failed('10.0.0.1', 'clock')
  devices.failed('10.0.0.1', 'aborted')
  expect(devices.list('A')[0]?.lastFailure?.reason).toBe('clock')
})

describe('after the authority was replaced', () => {
  test('devices that used the old one are named until they come with the new one', () => {
    const { devices } = known()
    devices.secured('10.0.0.1', 'OLD')
    devices.used('10.0.0.1', undefined)
    const old = () => devices.list('NEW').map(({ usedOldAuthority }) => usedOldAuthority)
    expect(old()).toEqual([true])
    // On the connection of before.
    devices.used('10.0.0.1', undefined)
    expect(old()).toEqual([true])
    devices.secured('10.0.0.1', 'NEW')
    expect(old()).toEqual([true])
    devices.used('10.0.0.1', undefined)
    expect(old()).toEqual([false])
  })

  test('devices of a certificate of the person’s own are not', () => {
    const { devices } = known()
    devices.secured('10.0.0.1', null)
    devices.used('10.0.0.1', undefined)
    expect(devices.list('NEW')[0]?.usedOldAuthority).toBe(false)
  })
})

test('two hundred are kept; attempts from many addresses do not push out a device in use', () => {
  const { devices } = known()
  devices.used('10.0.0.1', 'in use')
  for (let n = 0; n < 2 * MOST_DEVICES; n++) devices.failed(`fd00::${n.toString(16)}`, 'plain_http')
  const list = devices.list(undefined)
  expect(list).toHaveLength(MOST_DEVICES)
  expect(list.at(-1)?.userAgent).toBe('in use')
  expect(list[0]?.address).toBe('fd00::18f')
})

test('what is stored fits the file’s schema, whatever a User-Agent has, and holds no key', () => {
  const { devices } = known()
  const secret = `sk-lk-${'a'.repeat(39)}`
  devices.used('10.0.0.1', `${secret} ${'x'.repeat(5_000)}`)
  devices.named('10.0.0.2', '')
  devices.named('10.0.0.3', 'Safari')
  const stored = devices.stored()
  expect(stored.map((device) => storedDeviceSchema.parse(device))).toHaveLength(2)
  expect(JSON.stringify(stored)).not.toContain('sk-lk-')
  expect(known(stored).devices.list(undefined)).toEqual(devices.list(undefined))
})

test('everything can be forgotten', () => {
  const { devices, changes } = known()
  devices.used('10.0.0.1', undefined)
  devices.forgetAll()
  expect([devices.stored(), changes()]).toEqual([[], 2])
})
