import { operations } from './operations.ts'
import { schemaComponents } from './schemas.ts'

/** Latchkey's own routes as OpenAPI 3.1.1 (https://spec.openapis.org/oas/v3.1.1.html). */
export function openApiDocument({ version, address }: { version: string; address: string }): object {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version,
      description:
        'The routes that Latchkey answers itself. All other paths are those of Ollama, behind the same keys. Every refusal has the header `Latchkey-Refusal` with its code.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: address }],
    security: [{ key: [] }],
    paths: paths(),
    components: {
      schemas: schemaComponents(),
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of Latchkey: `sk-lk-…`' } },
    },
  }
}

function paths(): object {
  return Object.fromEntries(
    operations().map(({ path, methods, spec }) => [
      path,
      Object.fromEntries(methods.map((method) => [method.toLowerCase(), { ...spec, operationId: idOf(method, path) }])),
    ]),
  )
}

/** `getLatchkeyKey` for GET `/latchkey/key`. Client generators name their functions after it. */
function idOf(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const named = words.length === 0 ? ['root'] : words
  return method.toLowerCase() + named.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
