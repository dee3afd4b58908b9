import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { LICENCES_FILE, licenceSchema } from '#shared/console-api/licences.ts'

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) })
const lockSchema = z.object({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) })

/** The packages of the modules in the bundles, and the packages that are loaded separately. */
const shipped = read(`dist/renderer/${LICENCES_FILE}`, z.array(licenceSchema)).map(({ name }) => name)

describe('dependencies in package.json', () => {
  it('are all in the product', () => {
    const { dependencies } = read('package.json', manifestSchema)
    expect(Object.keys(dependencies).filter((name) => !shipped.includes(name))).toEqual([])
  })

  it('bring along every package that is in the product, so that `npm audit --omit=dev` looks at each', () => {
    const locked = Object.entries(read('package-lock.json', lockSchema).packages)
    const isAudited = (name: string) =>
      locked.some(([path, { dev = false }]) => path.endsWith(`node_modules/${name}`) && !dev)
    expect(shipped.length).toBeGreaterThan(50)
    expect(shipped.filter((name) => !isAudited(name))).toEqual([])
  })
})

function read<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')))
}
