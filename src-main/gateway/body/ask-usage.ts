import { type JsonMember, readMembers } from './json-members.ts'

const ASKED = Buffer.from('"include_usage":true')
const OPTIONS = Buffer.concat([Buffer.from('"stream_options":{'), ASKED, Buffer.from('},')])

/**
 * Adds `stream_options.include_usage` to a streamed `/v1/chat/completions` or `/v1/completions` body, so that the
 * upstream reports token counts. Changes as few bytes as possible. Returns undefined if no change is needed or
 * possible: the request does not stream, asks already, or has an unusual form.
 */
export function askForUsage(body: Buffer): Buffer | undefined {
  const members = soleMembers(body, ['stream', 'stream_options'])
  const stream = members?.get('stream')
  if (members === undefined || stream === undefined || body[stream.valueStart] !== 0x74) return undefined
  const options = members.get('stream_options')
  // The body already has a member (`stream`), so a comma always follows the inserted one.
  if (options === undefined) return splice(body, body.indexOf(0x7b) + 1, 0, OPTIONS)
  const { valueStart, valueEnd } = options
  const asking = askInOptions(body.subarray(valueStart, valueEnd))
  return asking && splice(body, valueStart, valueEnd - valueStart, asking)
}

/**
 * True if a body can be read in two ways as to whether it streams or asks for usage: a name occurs twice or in another
 * case, or the JSON is invalid. Ollama might then stream an answer without usage.
 */
export function isAmbiguous(body: Buffer): boolean {
  const members = soleMembers(body, ['stream', 'stream_options'])
  const options = members?.get('stream_options')
  if (members === undefined || options === undefined) return members === undefined
  const text = body.subarray(options.valueStart, options.valueEnd)
  return text[0] === 0x7b && soleMembers(text, ['include_usage']) === undefined
}

/** The value of `stream_options` with the request for usage added; undefined if it is present or cannot be added. */
function askInOptions(options: Buffer): Buffer | undefined {
  if (options[0] === 0x6e) return Buffer.concat([Buffer.from('{'), ASKED, Buffer.from('}')])
  const members = soleMembers(options, ['include_usage'])
  if (members === undefined) return undefined
  const include = members.get('include_usage')
  if (include === undefined) {
    return splice(options, 1, 0, members.size > 0 ? Buffer.concat([ASKED, Buffer.from(',')]) : ASKED)
  }
  const first = options[include.valueStart]
  if (first !== 0x66 && first !== 0x6e) return undefined
  return splice(options, include.valueStart, include.valueEnd - include.valueStart, Buffer.from('true'))
}

/** The members by name; undefined if one of `names` occurs twice or in another case, or if the text is invalid. */
function soleMembers(text: Buffer, names: readonly string[]): Map<string, JsonMember> | undefined {
  const read = readMembers(text)
  if ('problem' in read) return undefined
  const byName = new Map<string, JsonMember>()
  for (const member of read.members) {
    const { name, folded } = member
    if (names.includes(folded) && (name !== folded || byName.has(name))) return undefined
    byName.set(name, member)
  }
  return byName
}

function splice(text: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([text.subarray(0, at), inserted, text.subarray(at + removed)])
}
