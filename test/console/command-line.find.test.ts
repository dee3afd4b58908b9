import { expect, test } from 'vitest'
import { ownAddress } from '../support/own-address.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

test('find needs neither a running Latchkey nor a data folder', async ({ skip }) => {
  if (ownAddress() === undefined) skip()
  const { code, stdout, stderr } = await runHere('/there/is/no/such/folder', 'find', '--seconds', '1', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(Array.isArray(JSON.parse(stdout))).toBe(true)
})

test.each(['0', '61', 'x', '1.5'])('find refuses to look for %s seconds', async (seconds) => {
  const dir = await createTempDir()
  const { code, stderr } = await runHere(dir.path, 'find', '--seconds', seconds)
  expect(code).toBe(2)
  expect(stderr).toContain('Enter a whole number from 1 to 60.')
  await dir.remove()
})

test('the help of find says what it takes to be found, and that nothing is proven', async () => {
  const dir = await createTempDir()
  const { code, stdout } = await runHere(dir.path, 'find', '--help')
  expect(code).toBe(0)
  expect(stdout).toContain('its setting "discovery" is on')
  expect(stdout).toContain('compare the fingerprint')
  await dir.remove()
})
