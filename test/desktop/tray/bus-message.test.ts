import { expect, test } from 'vitest'
import { decodeMessage, encodeCall, messageLength } from '../../../src-main/desktop/tray-host/bus-message.ts'

const CALL = {
  destination: 'org.example.Panel',
  path: '/Panel',
  interface: 'org.example.Panel1',
  member: 'Ask',
  body: ['one', 'zwölf'],
}

/** A signal with one Boolean, as a sender of the other byte order writes it. */
function bigEndianSignal(): Buffer {
  const head = Buffer.from([0x42, 4, 1, 1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 21])
  const member = [3, 1, 0x73, 0, 0, 0, 0, 4, ...Buffer.from('Told\0')]
  const signature = [8, 1, 0x67, 0, 1, ...Buffer.from('b\0')]
  const fields = Buffer.from([...member, 0, 0, 0, ...signature])
  head.writeUInt32BE(fields.length, 12)
  const padding = Buffer.alloc((8 - (fields.length % 8)) % 8)
  return Buffer.concat([head, fields, padding, Buffer.from([0, 0, 0, 1])])
}

test('a call says where it goes, and its texts come back from it', () => {
  const bytes = encodeCall(7, CALL)
  expect(messageLength(bytes)).toBe(bytes.length)
  expect(decodeMessage(bytes)).toMatchObject({ interface: CALL.interface, member: 'Ask', body: CALL.body })
  expect(bytes.readUInt32LE(8)).toBe(7)
})

test('the length is not known before the head is whole', () => {
  expect(messageLength(encodeCall(1, CALL).subarray(0, 15))).toBeUndefined()
})

test('a sender’s own byte order is followed', () => {
  const bytes = bigEndianSignal()
  expect(messageLength(bytes)).toBe(bytes.length)
  expect(decodeMessage(bytes)).toMatchObject({ type: 'signal', member: 'Told', body: [true] })
})

test('an incomplete message is refused, wherever it was cut', () => {
  const bytes = encodeCall(1, CALL)
  for (let length = 16; length < bytes.length; length++)
    expect(() => decodeMessage(bytes.subarray(0, length)), String(length)).toThrow(RangeError)
})
