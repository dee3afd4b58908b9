import { expect, test } from 'vitest'
import { serviceFindings, type UnitFacts } from '../../../src-main/headless/doctor/service.ts'
import { isOnVolume, unitOf } from '../../../src-main/headless/doctor/service-facts.ts'

const RUNNING: UnitFacts = {
  activeState: 'active',
  result: 'success',
  unitFileState: 'enabled',
  dataDir: '/var/lib/latchkey',
}
const EXAMINED = { dataDir: '/var/lib/latchkey', upstream: { url: 'http://127.0.0.1:11434', reachable: true } }

const ofUnit = (change: Partial<UnitFacts>, examined = EXAMINED) =>
  serviceFindings({ unit: { ...RUNNING, ...change }, container: null }, examined)

test('where Latchkey is no service there is nothing to say', () => {
  expect(serviceFindings({ unit: null, container: null }, EXAMINED)).toEqual([])
})

test('a service that runs and starts with the computer is well', () => {
  expect(ofUnit({})).toEqual([expect.objectContaining({ ok: true, fix: null })])
})

test.each([
  ['has failed', { activeState: 'failed', result: 'oom-kill' }, 'oom-kill', 'journalctl -u latchkey'],
  ['was stopped', { activeState: 'inactive' }, 'not running', 'systemctl enable --now latchkey'],
  ['is not enabled', { unitFileState: 'disabled' }, 'does not start with', 'systemctl enable latchkey'],
])('a service that %s is told, with what to do', (_name, change, sentence, fix) => {
  expect(ofUnit(change)).toEqual([
    { check: 'service', ok: false, sentence: expect.stringContaining(sentence), fix: expect.stringContaining(fix) },
  ])
})

test('the doctor reports that it examined another data directory than the service’s', () => {
  expect(ofUnit({}, { ...EXAMINED, dataDir: '/home/me/.local/share/latchkey' })[1]).toMatchObject({
    ok: false,
    fix: 'Check the service with: sudo -u latchkey latchkey doctor --data-dir /var/lib/latchkey',
  })
})

const inContainer = (dataIsOnVolume: boolean, upstream = EXAMINED.upstream) =>
  serviceFindings({ unit: null, container: { dataIsOnVolume } }, { ...EXAMINED, upstream })

test.each([
  ['on a volume with an upstream that answers', true, EXAMINED.upstream, [true]],
  ['without a volume', false, EXAMINED.upstream, [false]],
  ['whose upstream is itself', true, { url: 'http://localhost:11434', reachable: false }, [false]],
  ['with neither', false, { url: 'http://127.0.0.1:11434', reachable: false }, [false, false]],
  ['whose upstream is elsewhere and down', true, { url: 'http://ollama:11434', reachable: false }, [true]],
])('a container %s', (_name, dataIsOnVolume, upstream, expected) => {
  expect(inContainer(dataIsOnVolume, upstream).map(({ ok }) => ok)).toEqual(expected)
})

test('the words of systemctl are read', () => {
  const shown = [
    'Result=success',
    'Environment=NODE_ENV=production LATCHKEY_DATA_DIR=/var/lib/latchkey',
    'LoadState=loaded',
    'ActiveState=active',
    'UnitFileState=enabled',
    '',
  ]
  expect(unitOf(shown.join('\n'))).toEqual(RUNNING)
  expect(unitOf('LoadState=not-found\nActiveState=inactive\n')).toBeNull()
  expect(unitOf('')).toBeNull()
})

test.each([
  ['/data', true],
  ['/data/latchkey', true],
  ['/database', false],
  ['/home/node', false],
])('%s is on a volume: %s', (directory, expected) => {
  const mountInfo = [
    '611 610 0:57 / / rw,relatime - overlay overlay rw',
    '612 611 0:60 / /proc rw - proc proc rw',
    '640 611 8:1 /var/lib/docker/volumes/latchkey/_data /data rw,relatime - ext4 /dev/sda1 rw',
  ].join('\n')
  expect(isOnVolume(directory, mountInfo)).toBe(expected)
})
