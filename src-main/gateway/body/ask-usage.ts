import { type JsonMember, readMembers } from './json-members.ts'

const ASKED = Buffer.from('"include_usage":true')
const OPTIONS = Buffer.concat([Buffer.from('"stream_options":{'), ASKED, Buffer.from('},')])

/**
 * A streamed `/v1/chat/completions` or `/v1/completions` body, changed by as few bytes as possible so that the upstream
 * says its token counts (`stream_options.include_usage`). undefined when nothing is to be done: it does not stream, it
 * asks already, or it is written in so odd a way that it is better left alone.
 */
export function askForUsage(body: Buffer): Buffer | undefined {
  const members = soleMembers(body, ['stream', 'stream_options'])
  const stream = members?.get('stream')
  if (members === undefined || stream === undefined || body[stream.valueStart] !== 0x74) return undefined
  const options = members.get('stream_options')
  // The body has a member already (`stream`), so what is put first always takes a comma.
  if (options === undefined) return splice(body, body.indexOf(0x7b) + 1, 0, OPTIONS)
  const { valueStart, valueEnd } = options
  const asking = askInOptions(body.subarray(valueStart, valueEnd))
  return asking && splice(body, valueStart, valueEnd - valueStart, asking)
}

/**
 * Whether a body says in two ways whether it streams or asks for usage (a name twice or in other letters, or what is no
 * JSON to us): Ollama might then stream an answer whose usage nobody asked for.
 */
export function isAmbiguous(body: Buffer): boolean {
  const members = soleMembers(body, ['stream', 'stream_options'])
  const options = members?.get('stream_options')
  if (members === undefined || options === undefined) return members === undefined
  const text = body.subarray(options.valueStart, options.valueEnd)
  return text[0] === 0x7b && soleMembers(text, ['include_usage']) === undefined
}

/** The value of `stream_options` with the question in it; undefined when it is there already or has no place. */
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

/** The members by name; undefined when one of `names` is there twice or in other letters, or the text is not valid. */
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
