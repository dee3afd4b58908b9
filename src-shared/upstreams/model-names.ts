const DEFAULT_HOST = 'registry.ollama.ai'
const DEFAULT_NAMESPACE = 'library'
const DEFAULT_TAG = 'latest'
/** host / namespace / model:tag */
const FULL_LENGTH = 3

/**
 * A model's name as Ollama normalises it (types/model/name.go): without the default host and namespace, with its tag,
 * in lower case: `llama3`, `LLAMA3:latest` and `registry.ollama.ai/library/llama3` are all `llama3:latest`.
 */
export function canonicalModel(name: string): string {
  const [host, namespace, ...rest] = nameParts(name)
  if (host !== DEFAULT_HOST) return [host, namespace, ...rest].join('/')
  return namespace === DEFAULT_NAMESPACE ? rest.join('/') : [namespace, ...rest].join('/')
}

/**
 * True if a name marks its model as a cloud model, by Ollama's rule (internal/modelref/modelref.go): the tag `cloud`,
 * or a tag that ends in `-cloud`, in any case and with any surrounding white space.
 */
export function namesCloudModel(name: string): boolean {
  const colon = name.lastIndexOf(':')
  if (colon < 0) return false
  const tag = withoutBlanks(name.slice(colon + 1)).toLowerCase()
  return tag === 'cloud' || (tag.endsWith('-cloud') && !tag.includes('/'))
}

/**
 * Trims like Go's strings.TrimSpace, which counts NEL as white space, unlike JavaScript. A loop, because no regular
 * expression does this in linear time.
 */
function withoutBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === '\u0085' || text[at]?.trim() === ''
  let start = 0
  let end = text.length
  while (isBlank(start)) start++
  while (end > start && isBlank(end - 1)) end--
  return text.slice(start, end)
}

/**
 * Returns a function that tells whether a model is on a list. `*` matches any characters within one part of
 * `host/namespace/model:tag`, so `llama3*` does not match `llama3-fake/other`; a sole `*` matches every model. A
 * pattern without a tag means `:latest`, unless it ends in `*`. A pattern that begins with `*` and has no `/` covers
 * every namespace; `hf.co/*` covers the host.
 */
export function modelMatcher(patterns: readonly string[]): (model: string) => boolean {
  if (patterns.some((pattern) => /^\*+$/.test(pattern.trim()))) return () => true
  const lists = patterns.map((pattern) => patternParts(pattern).map(wildcard))
  return (model) => {
    const parts = nameParts(model)
    return lists.some((list) => list.length === parts.length && list.every((matches, at) => matches(parts[at] ?? '')))
  }
}

function nameParts(name: string): string[] {
  const parts = split(name)
  while (parts.length < FULL_LENGTH) parts.unshift(parts.length === 1 ? DEFAULT_NAMESPACE : DEFAULT_HOST)
  return withTag(parts)
}

function patternParts(pattern: string): string[] {
  const parts = split(pattern)
  const [first = '', last = ''] = parts
  if (parts.length === 1 && first.startsWith('*')) return ['*', '*', ...withTag(parts)]
  // A namespace has no dot, so this is a host, usually Hugging Face.
  if (parts.length === 2 && /[.:]/.test(first) && last.endsWith('*')) return [first, last, '*']
  return nameParts(pattern)
}

/**
 * Splits a name into lower-case parts, without the scheme that a pull may have. Only ASCII letters fold, as in Go's
 * comparison. Ollama on Windows has accepted `\` as `/`, so `\` must not hide a namespace.
 */
function split(name: string): string[] {
  const lower = withoutBlanks(name).replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
  return lower.replace(/^[a-z][a-z0-9+.-]*:\/\//, '').split(/[/\\]/)
}

function withTag(parts: readonly string[]): string[] {
  const last = parts.at(-1) ?? ''
  return last.includes(':') || last.endsWith('*') ? [...parts] : [...parts.slice(0, -1), `${last}:${DEFAULT_TAG}`]
}

/** Runs in linear time for any pattern: it searches each piece between stars once, from left to right. */
function wildcard(pattern: string): (text: string) => boolean {
  const [head = '', ...pieces] = pattern.split('*')
  const tail = pieces.pop()
  if (tail === undefined) return (text) => text === pattern
  return (text) => {
    if (!text.startsWith(head)) return false
    let at = head.length
    for (const piece of pieces) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return text.length - tail.length >= at && text.endsWith(tail)
  }
}
