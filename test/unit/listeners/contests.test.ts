import { describe, expect, it, test } from 'vitest'
import { askedKinds } from '../../../src-main/listeners/discovery/answers.ts'
import { contestIn, losesTo } from '../../../src-main/listeners/discovery/contests.ts'
import {
  type DnsMessage,
  readMessage,
  writeQuery,
  writeResponse,
} from '../../../src-main/listeners/discovery/dns-message.ts'
import { numberedHost, numberedInstance } from '../../../src-main/listeners/discovery/names.ts'
import { recordsOf, type Service } from '../../../src-main/listeners/discovery/service-records.ts'

const SERVICE: Service = {
  instance: 'Latchkey on desk',
  host: 'desk.local',
  ownsHost: true,
  port: 11_500,
  isSecure: true,
  consolePort: 11_501,
}
const OURS = recordsOf(SERVICE, ['192.168.77.2'])
const own = () => new Set(['192.168.77.2', '192.168.77.20'])

/** As it arrives. */
function read(datagram: Buffer): DnsMessage {
  const message = readMessage(datagram)
  if (message === undefined) throw new Error('unreadable')
  return message
}

function responseOf(service: Partial<Service>, address: string, ttl = 120): DnsMessage {
  const { server, text, consoleServer, consoleText, ...records } = recordsOf({ ...SERVICE, ...service }, [address], ttl)
  return read(writeResponse({ answers: [...server, ...text, ...consoleServer, ...consoleText, ...records.address] }))
}

function probeOf(service: Partial<Service>, address: string): DnsMessage {
  const { server, text, address: addresses } = recordsOf({ ...SERVICE, ...service }, [address])
  return read(writeQuery({ authorities: [...server, ...text, ...addresses] }))
}

describe('a response', () => {
  it.each([
    ['with the same data is no conflict', responseOf({}, '192.168.77.2'), { instance: false, host: 'this computer' }],
    [
      'from another address of this computer is none',
      responseOf({}, '192.168.77.20'),
      { instance: false, host: 'this computer' },
    ],
    [
      'with the same data in capitals is none',
      responseOf({ host: 'DESK.local' }, '192.168.77.2'),
      { instance: false, host: 'this computer' },
    ],
    [
      'with another port takes the service’s name',
      responseOf({ port: 1 }, '192.168.77.2'),
      { instance: true, host: 'this computer' },
    ],
    [
      'with another port of the console takes the service’s name',
      responseOf({ consolePort: 1 }, '192.168.77.2'),
      { instance: true, host: 'this computer' },
    ],
    [
      'from another computer takes the host’s name',
      responseOf({}, '192.168.77.3'),
      { instance: false, host: 'another' },
    ],
    [
      'that is a goodbye takes nothing',
      responseOf({ port: 1 }, '192.168.77.3', 0),
      { instance: false, host: 'nobody' },
    ],
    [
      'about other names takes nothing',
      responseOf({ instance: 'x', host: 'x.local' }, '192.168.77.3'),
      { instance: false, host: 'nobody' },
    ],
  ] as const)('%s', (_what, message, contest) => {
    expect(contestIn(message, OURS, own)).toEqual(contest)
  })
})

describe('of two that probe at the same moment', () => {
  it.each([
    ['an echo wins nothing', probeOf({}, '192.168.77.2'), false],
    ['the later port wins', probeOf({ port: 11_501 }, '192.168.77.2'), true],
    ['the earlier port loses', probeOf({ port: 11_499 }, '192.168.77.2'), false],
    ['the later address wins', probeOf({}, '192.168.77.3'), true],
    ['the earlier address loses', probeOf({}, '192.168.77.1'), false],
    ['an address of this computer wins nothing', probeOf({}, '192.168.77.20'), false],
  ] as const)('%s', (_what, message, lost) => {
    expect(losesTo(message, OURS, own)).toBe(lost)
  })
})

test('a question is not answered to somebody who knows the answer', () => {
  const questions = [{ name: '_LATCHKEY._tcp.local', type: 'PTR' }]
  expect(askedKinds(read(writeQuery({ questions })), OURS)).toEqual(['pointer'])
  expect(askedKinds(read(writeQuery({ questions, answers: OURS.pointer })), OURS)).toEqual([])
  const old = OURS.pointer.map((record) => ({ ...record, ttl: 59 }))
  expect(askedKinds(read(writeQuery({ questions, answers: old })), OURS)).toEqual(['pointer'])
})

test('a question for an address of the other family is answered with the types that there are', () => {
  expect(askedKinds(read(writeQuery({ questions: [{ name: 'desk.local', type: 'AAAA' }] })), OURS)).toEqual(['absent'])
})

test('names stay labels of DNS, whatever the computer is called', () => {
  expect(numberedInstance('Latchkey on desk', 2)).toBe('Latchkey on desk (2)')
  expect(numberedInstance('Latchkey on a.b\u0000c', 1)).toBe('Latchkey on a b c')
  expect(Buffer.byteLength(numberedInstance(`Latchkey on ${'ä'.repeat(60)}`, 12))).toBeLessThanOrEqual(63)
  expect(numberedHost('desk.local', 2)).toBe('desk-2.local')
  expect(numberedHost(`${'d'.repeat(63)}.local`, 2)).toBe(`${'d'.repeat(61)}-2.local`)
})
