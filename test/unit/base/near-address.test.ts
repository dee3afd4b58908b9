import { expect, test } from 'vitest'
import { addressGroup, isNearAddress } from '../../../src-main/base/near-address.ts'

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '172.31.255.255', '192.168.0.1', '169.254.3.4'])(
  '%s is near',
  (address) => expect(isNearAddress(address)).toBe(true),
)

test.each(['fe80::1', 'fe80::1%eth0', 'FEBF::1', 'fd12:3456::1', '::ffff:192.168.1.1', '::FFFF:10.0.0.1'])(
  '%s is near',
  (address) => expect(isNearAddress(address)).toBe(true),
)

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '11.0.0.1', '100.64.0.1', '0.0.0.0', '255.255.255.255'])(
  '%s is not',
  (address) => expect(isNearAddress(address)).toBe(false),
)

test.each([
  '2001:db8::1',
  '::',
  '::ffff:8.8.8.8',
  '',
  'box.local',
  '192.168.1',
  '192.168.1.5:80',
  '[fe80::1]',
  ' 10.0.0.1',
])('“%s” is not', (address) => expect(isNearAddress(address)).toBe(false))

test.each([
  ['192.168.1.5', '192.168.1.5'],
  ['8.8.8.8', '8.8.8.8'],
  ['::ffff:192.168.1.5', '192.168.1.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2'],
  ['1::', '1:0:0:0'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['FD00:0::0:7', 'fd00::7'],
  ['nonsense', 'nonsense'],
  ['', ''],
])('attempts of %s are counted by “%s”', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})
