import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Route } from '#shared/gateway/routes.ts'
import { LONGEST_MODEL } from '#shared/records/recorded-text.ts'
import { decodeString, isPlainName, type JsonMember, readMembers } from './json-members.ts'
import { LONGEST_WRITTEN, MODEL_TOO_LONG } from './judged-models.ts'

/** What of a request could leave this computer. */
export interface WhatLeaves {
  /** Every model that it may name. */
  readonly models: readonly string[]
  /** It declares a tool that the server itself would run, on the web. */
  readonly web: boolean
  /** It makes a model that runs elsewhere. */
  readonly elsewhere: boolean
}

const NOTHING: WhatLeaves = { models: [], web: false, elsewhere: false }
const OBJECT = 0x7b
/** Its first byte. Some readers skip it. */
const BYTE_ORDER_MARK = 0xef
const QUOTE = 0x22
const NULL = 0x6e

/**
 * Reads it out of a JSON body. Two readers may choose differently among names that are there twice, in other letters or
 * followed by more, so all of them count; what no reader takes for an object names nothing. A body that cannot be read to
 * its end is `bad_body`.
 */
export function whatLeaves(body: Buffer, route: Route): WhatLeaves | Refusal {
  const first = firstByte(body)
  if (first !== OBJECT && first !== BYTE_ORDER_MARK) return NOTHING
  const read = readMembers(body, true)
  if ('problem' in read) return badBody(read.problem)
  const models: string[] = []
  let web = false
  let elsewhere = false
  for (const member of read.members) {
    const field = fieldOf(member, body)
    if (field === '') continue
    if (route.cloudFields?.includes(field) && body[member.valueStart] === QUOTE) {
      const model = modelOf(member, body)
      if (typeof model !== 'string') return model
      models.push(model)
    }
    web ||= route.serverTools === true && field === 'tools' && hasServerTool(body, member)
    elsewhere ||= route.fields?.[field] === 'elsewhere' && saysSomething(body, member)
  }
  return { models, web, elsewhere }
}

/** The names that say anything here, as nearly everybody writes them. */
const FIELDS = ['model', 'name', 'from', 'tools', 'remote_host'].map((name) => ({
  name,
  quoted: Buffer.from(`"${name}"`),
}))
const LENGTHS = new Set(FIELDS.map(({ quoted }) => quoted.length))

/** The name as Go compares it; empty for one that cannot matter here. Most are told by their bytes or their length. */
function fieldOf(member: JsonMember, body: Buffer): string {
  for (const { name, quoted } of FIELDS) if (member.isWritten(quoted)) return name
  return !LENGTHS.has(member.nameEnd - member.nameStart) && isPlainName(member, body) ? '' : member.folded
}

function modelOf(member: JsonMember, body: Buffer): string | Refusal {
  if (member.valueEnd - member.valueStart > LONGEST_WRITTEN) return MODEL_TOO_LONG
  try {
    const model = decodeString(body, member.valueStart, member.valueEnd)
    return model.length > LONGEST_MODEL ? MODEL_TOO_LONG : model
  } catch {
    // An escape that JSON does not have.
    return badBody('the name of the model is not a text')
  }
}

function badBody(detail: string): Refusal {
  return { refused: 'bad_body', detail }
}

/** -1 for nothing but white space, as JSON has it. */
function firstByte(body: Buffer): number {
  let at = 0
  let byte = body[at]
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = body[++at]
  return byte ?? -1
}

/** Neither null nor an empty text, which Go takes for a field that is not there. */
function saysSomething(body: Buffer, { valueStart, valueEnd }: JsonMember): boolean {
  return body[valueStart] !== NULL && valueEnd - valueStart > 2
}

/**
 * Tools that a server runs itself, by the beginning of their type: Ollama runs `web_search` and its dated names
 * (middleware/anthropic.go, openai/responses.go); others fetch pages and call servers that the client names.
 */
const SERVER_TOOLS = ['web_search', 'web_fetch', 'mcp']
const MARKS = [...SERVER_TOOLS.map((type) => Buffer.from(type)), Buffer.from('\\u')]

function hasServerTool(body: Buffer, { valueStart, valueEnd }: JsonMember): boolean {
  const text = body.subarray(valueStart, valueEnd)
  // Most have none: their schemas can be long, and need not be read.
  if (!MARKS.some((mark) => text.includes(mark))) return false
  try {
    const tools: unknown = JSON.parse(text.toString())
    return Array.isArray(tools) && tools.some(isServerTool)
  } catch {
    // Nobody should take it; whoever does may find one in it.
    return true
  }
}

function isServerTool(tool: unknown): boolean {
  if (typeof tool !== 'object' || tool === null) return false
  return Object.entries(tool).some(
    ([name, type]) =>
      name.toLowerCase() === 'type' &&
      typeof type === 'string' &&
      SERVER_TOOLS.some((kind) => type.trim().startsWith(kind)),
  )
}
