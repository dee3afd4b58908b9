import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TRAY_LOOKS, TRAY_STATES } from '../../src-main/desktop/tray-state.ts'

const TRAY = new URL('../../build/icons/tray/', import.meta.url)
const SIZES = [
  ['', 16],
  ['@2x', 32],
  ['@3x', 48],
] as const

const names = TRAY_STATES.flatMap((state) => TRAY_LOOKS.map((look) => `${state}-${look}`))

// PNG specification, section 11.2.2: IHDR comes first, its width and height at bytes 16 and 20.
test.each(names)('%s is drawn in three sizes', (name) => {
  for (const [suffix, size] of SIZES) {
    const png = readFileSync(new URL(`${name}${suffix}.png`, TRAY))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
  }
})

test('each picture is another one: no state or look shares one by mistake', () => {
  const pictures = names.map((name) => readFileSync(new URL(`${name}@3x.png`, TRAY)).toString('base64'))
  expect(new Set(pictures).size).toBe(names.length)
})
