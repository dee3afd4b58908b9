import type { Refusal } from '#shared/gateway/decisions.ts'
import type { Route } from '#shared/gateway/routes.ts'
import { MAX_MODEL_LENGTH } from '#shared/records/recorded-text.ts'
import { decodeString, isPlainName, type JsonMember, readMembers } from './json-members.ts'
import { LONGEST_WRITTEN, MODEL_TOO_LONG } from './judged-models.ts'

/** The parts of a request that could send data away from this computer. */
export interface OnlineUse {
  /** Every model that the request may name. */
  readonly models: readonly string[]
  /** True if it declares a tool that the server itself runs on the web. */
  readonly web: boolean
  /** True if it creates a model that runs on another computer. */
  readonly remote: boolean
}

const NOTHING: OnlineUse = { models: [], web: false, remote: false }
const OBJECT = 0x7b
/** The first byte of a byte order mark. Some parsers skip it. */
const BYTE_ORDER_MARK = 0xef
const QUOTE = 0x22
const NULL = 0x6e

/**
 * Finds the online use in a JSON body. Parsers differ on names that occur twice or in another case, and on text after
 * the object, so all of them count. A body that no parser reads as an object has no online use. A body that cannot be
 * read to its end is `bad_body`.
 */
export function onlineUseOf(body: Buffer, route: Route): OnlineUse | Refusal {
  const first = firstByte(body)
  if (first !== OBJECT && first !== BYTE_ORDER_MARK) return NOTHING
  const read = readMembers(body, true)
  if ('problem' in read) return badBody(read.problem)
  const models: string[] = []
  let web = false
  let remote = false
  for (const member of read.members) {
    const field = fieldOf(member, body)
    if (field === '') continue
    if (route.cloudFields?.includes(field) && body[member.valueStart] === QUOTE) {
      const model = modelOf(member, body)
      if (typeof model !== 'string') return model
      models.push(model)
    }
    web ||= route.serverTools === true && field === 'tools' && hasServerTool(body, member)
    remote ||= route.fields?.[field] === 'remote' && saysSomething(body, member)
  }
  return { models, web, remote }
}

/** The relevant names in their usual spelling. */
const FIELDS = ['model', 'name', 'from', 'tools', 'remote_host'].map((name) => ({
  name,
  quoted: Buffer.from(`"${name}"`),
}))
const LENGTHS = new Set(FIELDS.map(({ quoted }) => quoted.length))

/**
 * The name as Go compares it; empty for an irrelevant name. Most names are recognised by their bytes or their length.
 */
function fieldOf(member: JsonMember, body: Buffer): string {
  for (const { name, quoted } of FIELDS) if (member.isWritten(quoted)) return name
  return !LENGTHS.has(member.nameEnd - member.nameStart) && isPlainName(member, body) ? '' : member.folded
}

function modelOf(member: JsonMember, body: Buffer): string | Refusal {
  if (member.valueEnd - member.valueStart > LONGEST_WRITTEN) return MODEL_TOO_LONG
  try {
    const model = decodeString(body, member.valueStart, member.valueEnd)
    return model.length > MAX_MODEL_LENGTH ? MODEL_TOO_LONG : model
  } catch {
    // An escape that JSON does not define.
    return badBody('its model name is not a string')
  }
}

function badBody(detail: string): Refusal {
  return { refused: 'bad_body', detail }
}

/** -1 if there is only JSON white space. */
function firstByte(body: Buffer): number {
  let at = 0
  let byte = body[at]
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = body[++at]
  return byte ?? -1
}

/** True unless the value is null or an empty string, which Go treats like an absent field. */
function saysSomething(body: Buffer, { valueStart, valueEnd }: JsonMember): boolean {
  return body[valueStart] !== NULL && valueEnd - valueStart > 2
}

/**
 * Prefixes of tool types that a server runs itself. Ollama runs `web_search` and its dated names
 * (middleware/anthropic.go, openai/responses.go); other servers fetch pages and call servers that the client names.
 */
const SERVER_TOOLS = ['web_search', 'web_fetch', 'mcp']
const MARKS = [...SERVER_TOOLS.map((type) => Buffer.from(type)), Buffer.from('\\u')]

function hasServerTool(body: Buffer, { valueStart, valueEnd }: JsonMember): boolean {
  const text = body.subarray(valueStart, valueEnd)
  // Most requests have no such tool. This avoids parsing long schemas.
  if (!MARKS.some((mark) => text.includes(mark))) return false
  try {
    const tools: unknown = JSON.parse(text.toString())
    return Array.isArray(tools) && tools.some(isServerTool)
  } catch {
    // No server should accept it, but one that does may find such a tool in it.
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
