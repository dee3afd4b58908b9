// D-Bus messages for a client that asks a few questions and listens to signals: it sends strings and reads single
// values. https://dbus.freedesktop.org/doc/dbus-specification.html, "Message Protocol".

export interface BusCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly body: readonly string[]
}

export type BusValue = string | number | boolean

export interface BusMessage {
  readonly type: 'return' | 'error' | 'signal' | 'other'
  /** The serial of the call that this message answers. */
  readonly replySerial: number | undefined
  readonly interface: string | undefined
  readonly member: string | undefined
  /** The leading values that are not arrays, structs or other containers. */
  readonly body: readonly BusValue[]
}

const LITTLE_ENDIAN = 'l'.charCodeAt(0)
const VERSION = 1
const METHOD_CALL = 1
const TYPES: Readonly<Record<number, BusMessage['type']>> = { 2: 'return', 3: 'error', 4: 'signal' }
/** Flag: the bus must not start a service to answer this call. */
const NO_AUTO_START = 2
const FIELD = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 }
/** Length of the header before its array of fields. */
const FIXED_BYTES = 16

/** `serial` is above 0, and each call uses a new one. */
export function encodeCall(serial: number, call: BusCall): Buffer {
  const body = new Writer()
  for (const text of call.body) body.string(text)
  const fields = new Writer()
  fields.field(FIELD.path, 'o', call.path)
  fields.field(FIELD.destination, 's', call.destination)
  fields.field(FIELD.interface, 's', call.interface)
  fields.field(FIELD.member, 's', call.member)
  if (call.body.length > 0) fields.field(FIELD.signature, 'g', 's'.repeat(call.body.length))
  const message = new Writer()
  message.bytes(LITTLE_ENDIAN, METHOD_CALL, NO_AUTO_START, VERSION)
  message.uint32(body.length)
  message.uint32(serial)
  message.uint32(fields.length)
  message.append(fields.toBuffer())
  message.align(8)
  message.append(body.toBuffer())
  return message.toBuffer()
}

/** Length of the message that begins here, in bytes; undefined until its header is complete. */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED_BYTES) return undefined
  const reader = new Reader(bytes, 4)
  const body = reader.uint32()
  reader.uint32()
  return aligned(FIXED_BYTES + reader.uint32(), 8) + body
}

/** Decodes one whole message. Throws a RangeError if `bytes` is not one. */
export function decodeMessage(bytes: Buffer): BusMessage {
  const fieldsEnd = FIXED_BYTES + new Reader(bytes, FIXED_BYTES - 4).uint32()
  const reader = new Reader(bytes, FIXED_BYTES)
  const fields = new Map<number, BusValue | undefined>()
  while (reader.at < fieldsEnd) {
    reader.align(8)
    fields.set(reader.byte(), reader.variant())
  }
  reader.align(8)
  const text = (field: number) => {
    const value = fields.get(field)
    return typeof value === 'string' ? value : undefined
  }
  const replySerial = fields.get(FIELD.replySerial)
  return {
    type: TYPES[bytes.readUInt8(1)] ?? 'other',
    replySerial: typeof replySerial === 'number' ? replySerial : undefined,
    interface: text(FIELD.interface),
    member: text(FIELD.member),
    body: reader.values(text(FIELD.signature) ?? ''),
  }
}

function aligned(at: number, to: number): number {
  return Math.ceil(at / to) * to
}

class Writer {
  readonly #parts: Buffer[] = []
  length = 0

  append(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.length += bytes.length
  }

  align(to: number): void {
    this.append(Buffer.alloc(aligned(this.length, to) - this.length))
  }

  bytes(...values: number[]): void {
    this.append(Buffer.from(values))
  }

  uint32(value: number): void {
    this.align(4)
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    this.append(bytes)
  }

  string(text: string): void {
    this.uint32(Buffer.byteLength(text))
    this.append(Buffer.from(`${text}\0`))
  }

  signature(text: string): void {
    this.bytes(text.length)
    this.append(Buffer.from(`${text}\0`))
  }

  /** Writes a header field: a struct of a code and a variant. */
  field(code: number, type: 's' | 'o' | 'g', text: string): void {
    this.align(8)
    this.bytes(code)
    this.signature(type)
    if (type === 'g') this.signature(text)
    else this.string(text)
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

class Reader {
  readonly #bytes: Buffer
  readonly #isLittle: boolean
  at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    // The sender chooses the byte order, and the bus keeps it.
    this.#isLittle = bytes.readUInt8(0) === LITTLE_ENDIAN
    this.at = at
  }

  align(to: number): void {
    this.at = aligned(this.at, to)
  }

  byte(): number {
    return this.#bytes.readUInt8(this.at++)
  }

  uint32(): number {
    this.align(4)
    const value = this.#isLittle ? this.#bytes.readUInt32LE(this.at) : this.#bytes.readUInt32BE(this.at)
    this.at += 4
    return value
  }

  variant(): BusValue | undefined {
    return this.values(this.#text(this.byte()))[0]
  }

  /** Reads values up to the first array, struct or number of another type. */
  values(signature: string): BusValue[] {
    const values: BusValue[] = []
    for (const type of signature) {
      const value = this.#value(type)
      if (value === undefined) break
      values.push(value)
    }
    return values
  }

  #value(type: string): BusValue | undefined {
    switch (type) {
      case 's':
      case 'o':
        return this.#text(this.uint32())
      case 'g':
        return this.#text(this.byte())
      case 'u':
        return this.uint32()
      case 'b':
        return this.uint32() === 1
      case 'v':
        return this.variant()
      default:
        return undefined
    }
  }

  #text(length: number): string {
    const end = this.at + length
    if (end >= this.#bytes.length) throw new RangeError('a text of the message is longer than the message')
    const text = this.#bytes.toString('utf8', this.at, end)
    this.at = end + 1
    return text
  }
}
