import { type DnsMessage, type DnsQuestion, type DnsRecord, isSameName, isSameRecord } from './dns-message.ts'
import { RECORD_KINDS, type RecordKind, type ServiceRecords, TTL_S } from './service-records.ts'

/** The kinds of our records that a query asks for and does not know yet. */
export function askedKinds({ questions, answers }: DnsMessage, records: ServiceRecords): RecordKind[] {
  return RECORD_KINDS.filter((kind) =>
    records[kind].some(
      (record) => questions.some((question) => asksFor(question, record)) && !isKnown(record, answers),
    ),
  )
}

function asksFor({ name, type }: DnsQuestion, record: DnsRecord): boolean {
  if (!isSameName(name, record.name)) return false
  if (record.type === 'NSEC') return type !== 'ANY' && !record.data.rrtypes.includes(type)
  return type === 'ANY' || type === record.type
}

/** The kinds whose records all stand in a query as known (RFC 6762, section 7.1). */
export function knownKinds({ answers }: DnsMessage, records: ServiceRecords): RecordKind[] {
  return RECORD_KINDS.filter((kind) => records[kind].every((record) => isKnown(record, answers)))
}

function isKnown(record: DnsRecord, known: readonly DnsRecord[]): boolean {
  return known.some((one) => one.ttl >= TTL_S / 2 && isSameRecord(one, record))
}

/** Additional records that save the receiver its next questions (RFC 6763, section 12). */
const COMPANIONS: Readonly<Record<RecordKind, readonly RecordKind[]>> = {
  types: [],
  pointer: ['server', 'text', 'address', 'absent'],
  server: ['address', 'absent'],
  text: [],
  consoleTypes: [],
  consolePointer: ['consoleServer', 'consoleText', 'address', 'absent'],
  consoleServer: ['address', 'absent'],
  consoleText: [],
  address: ['absent'],
  absent: [],
}

/** The answer with these kinds, and with what belongs to them. */
export function answerOf(kinds: readonly RecordKind[], records: ServiceRecords) {
  const more = new Set(kinds.flatMap((kind) => COMPANIONS[kind]).filter((kind) => !kinds.includes(kind)))
  return {
    answers: kinds.flatMap((kind) => records[kind]),
    additionals: [...more].flatMap((kind) => records[kind]),
  }
}
