import { mutateBytes, mutateHead } from './mutate.ts'
import type { Random } from './random.ts'

export interface FuzzAnswer {
  readonly pieces: readonly string[]
  /** What the upstream does after the answer. */
  readonly ending: 'keep' | 'close' | 'reset'
  /** True if it answers after the head, without waiting for the body. */
  readonly isEarly: boolean
}

const COUNTS = '"prompt_eval_count":3,"eval_count":5'
const USAGE = '"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}'

const bodies = (id: string): readonly (readonly [type: string, parts: readonly string[]])[] => [
  ['application/json', [`{"id":"${id}","message":{"content":"hi"},"done":true,${COUNTS}}`]],
  ['application/json', [`{"id":"${id}","models":[{"name":"sample-small"},{"name":"forbidden-model"}]}`]],
  ['application/json', [`{"id":"${id}","object":"list","data":[{"id":"sample-small"}]}`]],
  ['application/x-ndjson', [`{"id":"${id}","done":false}\n`, `{"done":true,${COUNTS}}\n`]],
  [
    'text/event-stream',
    [`data: {"id":"${id}","choices":[]}\n\n`, `data: {"choices":[],${USAGE}}\n\n`, 'data: [DONE]\n\n'],
  ],
  ['text/plain', [`${id} `, 'x'.repeat(70_000)]],
  ['text/plain', ['']],
]

const INTERIM = ['', '', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n']
const BEHIND = ['\r\n', 'x', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno', '0\r\n\r\n']
const CHUNK_BREAKS = ['ZZ\r\n', '-1\r\n', '5\n', '1\r\nab\r\n', '', 'FFFFFFFFFFFFF\r\n', '0\r\nX\x01: a\r\n\r\n']

/** An answer to one request, valid or not. */
export function makeAnswer(random: Random, id: string, method: string): FuzzAnswer {
  const [type, parts] = random.of(bodies(id))
  const status = random.of([200, 200, 200, 201, 204, 304, 400, 404, 500])
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
  const framed = frame(random, hasBody ? parts : [''])
  const lines = [`Content-Type: ${type}`, `X-Answer: ${id}`, ...(hasBody ? framed.lines : [])]
  if (random.chance(0.1))
    lines.push(random.of(['Connection: close', 'Keep-Alive: timeout=1', 'Set-Cookie: a=b', 'Connection: x-answer']))
  const head = [`HTTP/1.1 ${status} Some Words`, ...lines, '', ''].join('\r\n')
  const whole = [random.of(INTERIM) + head, ...framed.parts]
  const isProper = random.chance(0.5)
  // An invalid answer is sent in one piece. If a request followed it, the rest would belong to that request.
  const pieces = isProper ? whole : [damage(random, whole).join('')]
  const mustClose = hasBody && framed.lines.length === 0
  const closes = mustClose || (!isProper && random.chance(0.5))
  return {
    pieces,
    ending: closes ? random.of(['close', 'close', isProper ? 'close' : 'reset']) : 'keep',
    isEarly: random.chance(0.1),
  }
}

function frame(random: Random, parts: readonly string[]): { lines: string[]; parts: readonly string[] } {
  const how = random.of(['length', 'length', 'chunks', 'chunks', 'close'])
  if (how === 'length') return { lines: [`Content-Length: ${parts.join('').length}`], parts }
  if (how === 'close') return { lines: [], parts }
  const chunks = parts.filter((part) => part !== '').map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
  return { lines: ['Transfer-Encoding: chunked'], parts: [...chunks, '0\r\n\r\n'] }
}

function damage(random: Random, [head = '', ...parts]: readonly string[]): string[] {
  switch (random.below(5)) {
    case 0:
      return [mutateHead(head, random), ...parts]
    case 1:
      return [head, ...parts.map((part) => mutateBytes(part, random))]
    case 2:
      return [head, ...parts.slice(0, -1), random.of(CHUNK_BREAKS)]
    case 3:
      return [head, ...parts, random.of(BEHIND)]
    default:
      return [head, ...parts.slice(0, random.below(parts.length + 1))]
  }
}
