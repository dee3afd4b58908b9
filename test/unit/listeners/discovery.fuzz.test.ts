import { expect, test } from 'vitest'
import { askedKinds, knownKinds } from '../../../src-main/listeners/discovery/answers.ts'
import { contestIn, losesTo, withdraws } from '../../../src-main/listeners/discovery/contests.ts'
import { readMessage, writeQuery, writeResponse } from '../../../src-main/listeners/discovery/dns-message.ts'
import { FoundServices } from '../../../src-main/listeners/discovery/found-services.ts'
import { recordsOf } from '../../../src-main/listeners/discovery/service-records.ts'
import { spoiledDatagrams } from '../../support/fuzz/datagrams.ts'
import { Random } from '../../support/fuzz/random.ts'

/** `LATCHKEY_FUZZ_SEED=123 npm test -- test/unit/listeners/discovery.fuzz.test.ts` runs what was printed once more. */
const SEED = Number(process.env['LATCHKEY_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const CASES = 5_000

const RECORDS = recordsOf(
  {
    instance: 'Latchkey on desk',
    host: 'desk.local',
    ownsHost: true,
    port: 11_500,
    isSecure: true,
    consolePort: 11_501,
  },
  ['192.168.77.2', 'fd00:77::2'],
)
const ALL = Object.values(RECORDS).flat()
const QUESTIONS = ALL.map(({ name, type }) => ({ name, type }))
const SAMPLES = [
  writeResponse({ answers: ALL, additionals: ALL }),
  writeQuery({ questions: QUESTIONS, answers: ALL, authorities: ALL }),
]

test('no datagram makes a reader throw, and every found text is fit to be printed', () => {
  console.log(`discovery fuzz: ${CASES} datagrams, seed ${SEED}`)
  const found = new FoundServices()
  let read = 0
  const own = () => new Set<string>()
  for (const datagram of spoiledDatagrams(SAMPLES, new Random(SEED), CASES)) {
    const message = readMessage(datagram)
    if (message === undefined) continue
    read += 1
    askedKinds(message, RECORDS)
    knownKinds(message, RECORDS)
    contestIn(message, RECORDS, own)
    losesTo(message, RECORDS, own)
    withdraws(message, RECORDS)
    found.take(message)
    expect(() => writeQuery({ questions: found.missing() })).not.toThrow()
  }
  expect(read).toBeGreaterThan(CASES / 40)
  const list = found.list()
  expect(list.length).toBeLessThanOrEqual(100)
  for (const { name, host, addresses, port } of list) {
    expect(name).not.toMatch(/\p{Cc}/u)
    expect(name.length).toBeLessThanOrEqual(63)
    expect(host).toMatch(/^[a-z0-9.-]+\.local$/)
    expect(addresses.length).toBeLessThanOrEqual(8)
    expect(port).toBeGreaterThan(0)
  }
})

test('a datagram whose names are made to take long is read within a few milliseconds', () => {
  const datagram = chainOfPointers(1_500)
  const started = performance.now()
  for (let time = 0; time < 20; time++) readMessage(datagram)
  expect((performance.now() - started) / 20).toBeLessThan(20)
  // In a longer one it would take 30 ms.
  expect(readMessage(chainOfPointers(9_000))).toBeUndefined()
})

/** Records whose names are pointers to pointers to pointers. */
function chainOfPointers(length: number): Buffer {
  const head = Buffer.from('000084000000000000000000', 'hex')
  const start = head.length + 11
  const links = Math.floor(length / 3)
  const data = Buffer.alloc(1 + 2 * links)
  for (let link = 0; link < links; link++) {
    data.writeUInt16BE(0xc0_00 | (start + (link === 0 ? 0 : 2 * link - 1)), 1 + 2 * link)
  }
  const last = start + 2 * links - 1
  const first = Buffer.concat([
    Buffer.from('00006300010000000100', 'hex').subarray(0, 9),
    Buffer.of(data.length >> 8, data.length & 255),
    data,
  ])
  const record = Buffer.from([0xc0 | (last >> 8), last & 255, 0, 99, 0, 1, 0, 0, 0, 1, 0, 0])
  const more = Math.floor((length - head.length - first.length) / record.length)
  head.writeUInt16BE(1 + more, 6)
  return Buffer.concat([head, first, ...Array.from({ length: more }, () => record)])
}
