import { describe, expect, it } from 'vitest'
import { previewOf } from '../../../src-main/handover/preview.ts'

function shown(before: string, after: string) {
  const state = { path: '/f', target: '/f', mode: 0o644, owner: null, folders: [], othersCanRead: true }
  return previewOf({ ...state, bytes: Buffer.from(before) }, Buffer.from(after))
}
const lines = (before: string, after: string) =>
  shown(before, after).hunks.flatMap((hunk) => hunk.lines.map(({ kind, text }) => `${kind} ${text}`))

describe('a preview', () => {
  it('shows three lines around a change, with their numbers', () => {
    const before = Array.from({ length: 20 }, (_, n) => `${n + 1}\n`)
    const after = before.with(9, 'ten\n')
    expect(shown(before.join(''), after.join('')).hunks).toMatchObject([
      { oldStart: 7, oldLines: 7, newStart: 7, newLines: 7, lines: { length: 8 } },
    ])
    expect(shown('', 'a\n').hunks).toMatchObject([{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1 }])
  })

  it('shows Latchkey’s own earlier key as little as the new one', () => {
    const secret = `sk-lk-${'a'.repeat(39)}`
    expect(lines(`x = "${secret}"\n`, 'x = "sk-lk-…"\n')).toEqual(['removed x = "sk-lk-…"', 'added x = "sk-lk-…"'])
  })

  it.each([
    ['apiKey: sk-openai-1 # mine', 'apiKey: …'],
    ['"OPENAI_API_KEY": "sk-1",', '"OPENAI_API_KEY": …'],
    ['password = "p"', 'password = …'],
    ['  Authorization: Bearer x', '  Authorization: …'],
    ['secrets: {a: 1}', 'secrets: …'],
    // These have no value of their own.
    ['api-key:', 'api-key:'],
    ['"token": {', '"token": {'],
    ['keys: [', 'keys: ['],
    ['keyboard = "us"', 'keyboard = "us"'],
  ])('masks what is likely to be a secret: %s', (line, masked) => {
    expect(lines(`${line}\n`, `${line}\nb\n`)).toEqual([`same ${masked}`, 'added b'])
  })

  it('warns of other users only where the key goes in', () => {
    expect(shown('', 'a\n').othersCanRead).toBe(false)
    expect(shown('', 'a: sk-lk-…\n').othersCanRead).toBe(true)
  })
})
