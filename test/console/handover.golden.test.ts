import { readFile, stat } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HANDOVER_APP_IDS, type HandoverAppId } from '#shared/handover/apps.ts'
import { connect, type GoldenKind, golden, type StartedHome, startHome } from './handover-golden.ts'

let at: StartedHome
beforeEach(async () => {
  at = await startHome()
})
afterEach(() => at.stop())

/** The variations of a file that must survive as they are. */
const SHAPES: Record<string, (text: string) => string> = {
  'as written': (text) => text,
  'with Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
  'with a byte order mark': (text) => `\ufeff${text}`,
  'without a line end at its end': (text) => text.trimEnd(),
}

describe.each(HANDOVER_APP_IDS)('%s', (app) => {
  /** The golden texts of the app's files by path, with the key that was written. */
  async function goldenTexts(kind: GoldenKind): Promise<Map<string, string>> {
    const address = at.started.gatewayUrl().replace('127.0.0.1', 'localhost')
    const secret = await writtenSecret(app)
    const texts = new Map<string, string>()
    for (const path of await at.pathsOf(app)) {
      const text = await golden(app, path, kind, { address, secret })
      if (text !== undefined) texts.set(path, text)
    }
    return texts
  }

  async function writtenSecret(of: HandoverAppId): Promise<string> {
    const all = await Promise.all((await at.pathsOf(of)).map((path) => readFile(path, 'utf8').catch(() => '')))
    return /sk-lk-[a-z2-7]{39}/.exec(all.join(''))?.[0] ?? 'sk-lk-KEY'
  }

  it('gets its file where there is none, and loses it by an undo', async () => {
    const done = await connect(at.started, app)
    for (const [path, text] of await goldenTexts('created')) {
      expect(await readFile(path, 'utf8')).toBe(text)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
    }
    expect((await goldenTexts('created')).size).toBe(done.state.files.length)
    await at.started.call('POST /api/handover/undo', { app, key: 'delete' })
    expect(await at.everything()).toEqual({})
  })

  it.each(Object.entries(SHAPES))('keeps what else is in its file: %s', async (shape, shaped) => {
    const before = await goldenTexts('before')
    for (const [path, text] of before) await at.write(path, shaped(text))
    const all = await at.everything()
    await connect(at.started, app)
    const after = await goldenTexts('after')
    expect(after.size).toBe(before.size)
    for (const [path, text] of after) {
      const end = shape === 'without a line end at its end' ? (one: string) => one.trimEnd() : (one: string) => one
      expect(end(await readFile(path, 'utf8'))).toBe(end(shaped(text)))
    }
    await at.started.call('POST /api/handover/undo', { app, key: 'delete' })
    expect(await at.everything()).toEqual(all)
  })

  it('fills an empty file, and leaves it empty after an undo', async () => {
    for (const path of await at.pathsOf(app)) await at.write(path, '')
    await connect(at.started, app)
    for (const [path, text] of await goldenTexts('created')) expect(await readFile(path, 'utf8')).toBe(text)
    await at.started.call('POST /api/handover/undo', { app, key: 'keep' })
    expect(Object.values(await at.everything()).join('')).toBe('')
  })
})
