import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'

const entry = z.looseObject({ integrity: z.string().optional(), resolved: z.string().optional() })
const lockSchema = z.object({ packages: z.record(z.string(), entry) })

const text = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')
const packages = Object.entries(lockSchema.parse(JSON.parse(text)).packages).filter(([path]) => path !== '')

it('each package of the lock file has the hash of its content, also those for other systems', () => {
  expect(packages.length).toBeGreaterThan(500)
  const without = packages.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
  expect(without.map(([path]) => path)).toEqual([])
})

it('the lock file names no registry, so that each machine asks its own', () => {
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
})
