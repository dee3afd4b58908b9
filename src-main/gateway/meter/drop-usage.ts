import { hasAt, type JsonMember, readMembers } from '../body/json-members.ts'
import { LineEnds } from './line-ends.ts'

const DATA = Buffer.from('data:')
const USAGE = Buffer.from('"usage"')
const CHOICES = Buffer.from('"choices"')
const EMPTY_ARRAY = /^\[\s*\]$/
/** More bytes than an empty array needs. */
const SHORT = 64

/**
 * Removes the usage from one server-sent event of a chat or text completion, as if nobody had asked for it. Returns
 * undefined for the extra chunk (`choices: []` with the counts); otherwise the event without its member `usage`
 * (Ollama's /v1/completions writes zeros in every chunk, others `null`), with every other byte unchanged. Returns the
 * same Buffer if there is nothing to remove.
 */
export function dropUsage(event: Buffer): Buffer | undefined {
  if (!event.includes(USAGE)) return event
  const data = dataOf(event)
  if (data === undefined) return event
  const [start, end] = data
  const json = event.subarray(start, end)
  const read = readMembers(json)
  if ('problem' in read) return event
  const { members } = read
  const at = members.findIndex((member) => member.isWritten(USAGE))
  const usage = members[at]
  if (usage === undefined) return event
  if (json[usage.valueStart] === 0x7b && hasNoChoices(json, members)) return undefined
  const [from, to] = spanToRemove(members, at, usage)
  return Buffer.concat([event.subarray(0, start + from), event.subarray(start + to)])
}

/** The offsets of the event's only `data:` line; undefined if it has none or several. */
function dataOf(event: Buffer): [start: number, end: number] | undefined {
  let found: [number, number] | undefined
  const lines = new LineEnds(event)
  for (let at = 0; at < event.length; ) {
    const end = lines.next(at)
    if (hasAt(event, at, DATA)) {
      if (found !== undefined) return undefined
      found = [at + DATA.length, end]
    }
    at = end + 1
  }
  return found
}

function hasNoChoices(json: Buffer, members: readonly JsonMember[]): boolean {
  const choices = members.find((member) => member.isWritten(CHOICES))
  if (choices === undefined || choices.valueEnd - choices.valueStart > SHORT) return false
  return EMPTY_ARRAY.test(json.toString('latin1', choices.valueStart, choices.valueEnd))
}

/** The offsets of the member with the comma next to it. */
function spanToRemove(members: readonly JsonMember[], at: number, member: JsonMember): [from: number, to: number] {
  const before = members[at - 1]
  if (before !== undefined) return [before.valueEnd, member.valueEnd]
  return [member.nameStart, members[at + 1]?.nameStart ?? member.valueEnd]
}
