import { TRY_PATH, type TryChat, tryBody } from '#shared/console-api/try-chat.ts'

export const CODE_LANGUAGES = ['curl', 'JavaScript', 'Python'] as const
export type CodeLanguage = (typeof CODE_LANGUAGES)[number]

interface CodeOptions extends TryChat {
  /** The gateway's address without a final slash. */
  readonly gateway: string
}

/** The same request as code to copy. `secret` may be a placeholder. */
export function codeFor(language: CodeLanguage, { gateway, secret, ...ask }: CodeOptions): string {
  const url = gateway + TRY_PATH
  // Only strings, whose JSON is also valid JavaScript and Python.
  const body = JSON.stringify(tryBody(ask))
  switch (language) {
    case 'curl':
      return `curl ${url} \\
  -H ${shellWord(`Authorization: Bearer ${secret}`)} \\
  -H 'Content-Type: application/json' \\
  -d ${shellWord(body)}`
    case 'JavaScript':
      return `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { Authorization: ${JSON.stringify(`Bearer ${secret}`)}, 'Content-Type': 'application/json' },
  body: JSON.stringify(${body}),
})
console.log(await answer.text())`
    case 'Python':
      return `import json, urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps(${body}).encode(),
    headers={"Authorization": ${JSON.stringify(`Bearer ${secret}`)}, "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as answer:
    print(answer.read().decode())`
  }
}

/** Quotes for POSIX shells: single quotes keep everything except the quote itself. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
