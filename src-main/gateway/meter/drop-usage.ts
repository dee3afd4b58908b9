import { hasAt, type JsonMember, readMembers } from '../body/json-members.ts'
import { LineEnds } from './line-ends.ts'

const DATA = Buffer.from('data:')
const USAGE = Buffer.from('"usage"')
const CHOICES = Buffer.from('"choices"')
const EMPTY_ARRAY = /^\[\s*\]$/
/** More than an empty array takes. */
const SHORT = 64

/**
 * One server-sent event of a chat or text completion as it would be had nobody asked for usage: undefined for the extra
 * chunk (`choices: []` with the counts), else without its member `usage` (Ollama's /v1/completions writes zeros on every
 * chunk, others `null`), every other byte being kept. The very same Buffer when there is nothing to take out.
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

/** The text of the event's only `data:` line; undefined when it has none or several. */
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

/** The member with the comma that joins it to its neighbour. */
function spanToRemove(members: readonly JsonMember[], at: number, member: JsonMember): [from: number, to: number] {
  const before = members[at - 1]
  if (before !== undefined) return [before.valueEnd, member.valueEnd]
  return [member.nameStart, members[at + 1]?.nameStart ?? member.valueEnd]
}
