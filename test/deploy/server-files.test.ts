import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (name: string) => readFileSync(join(ROOT, 'build/packaging/server', name), 'utf8')

const unit = read('latchkey.service')
const dockerfile = read('Dockerfile')
const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))

/** The highest exposure that `systemd-analyze security` may find, of 100. */
const EXPOSURE_AT_MOST = 15

describe('the unit of systemd', () => {
  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  const withSystemd = analyze('--version').status === 0 ? undefined : 'systemd-analyze is not on this computer'

  test('is one that systemd takes without a warning', async (context) => {
    context.skip(withSystemd !== undefined, withSystemd)
    const directory = await createTempDir()
    onTestFinished(directory.remove)
    const file = join(directory.path, 'latchkey.service')
    // As if it were installed in this checkout, by a user that every system has.
    const here = unit.replaceAll('/opt/latchkey/', ROOT).replaceAll(/^(User|Group)=latchkey$/gm, '$1=daemon')
    writeFileSync(file, here)
    const { status, stderr } = analyze('verify', '--man=no', file)
    expect(stderr.split('\n').filter((line) => line.includes('latchkey'))).toEqual([])
    expect(status).toBe(0)
    const security = analyze('security', '--offline=true', '--no-pager', `--threshold=${EXPOSURE_AT_MOST}`, file)
    expect(security.status, security.stdout).toBe(0)
  })

  test('starts a program that a built checkout has', () => {
    const [, program, script, ...args] = /^ExecStart=(\S+) (\S+) (.*)$/m.exec(unit) ?? []
    expect(existsSync(String(program).replace('/opt/latchkey/', ROOT))).toBe(true)
    expect(script).toBe('/opt/latchkey/dist/main/latchkey.js')
    expect(args).toEqual(['serve --no-open'])
  })

  test('is no super-user, and says where its data is so that doctor can compare', () => {
    expect(unit).toMatch(/^User=latchkey$/m)
    expect(unit).toMatch(/^Environment=.*LATCHKEY_DATA_DIR=\/var\/lib\/latchkey$/m)
  })
})

describe('the container', () => {
  test('runs as a user that is not root, with its data on a volume', () => {
    // The image's user `node`. Kubernetes cannot tell from a name that it is not root.
    expect(lastStage.match(/^USER .*$/gm)).toEqual(['USER 1000:1000'])
    expect(lastStage).toMatch(/^VOLUME \/data$/m)
    expect(lastStage).toMatch(/LATCHKEY_DATA_DIR=\/data$/m)
  })

  test('begins with the very Node that the tests run on', () => {
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    expect(images).toEqual(Array(2).fill(`node:${process.versions.node}-trixie-slim`))
  })

  test('takes over nothing from the build but what runs', () => {
    const copied = [...lastStage.matchAll(/^COPY --from=build (\S+)/gm)].map(([, path]) => path)
    expect(copied).toEqual(['/src/package.json', '/src/node_modules/better-sqlite3', '/src/dist'])
  })

  test('copies only files that are there and that git has', () => {
    const allowed = [...read('Dockerfile.dockerignore').matchAll(/^!(\S+)/gm)].map(([, path]) => String(path))
    expect(allowed.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  test('is healthy while the gateway answers, and not after', async () => {
    const serve = await startServe()
    const [, program, ...args] = JSON.parse(`["HEALTHCHECK", ${healthCommand()}]`) as [string, string, ...string[]]
    expect(program).toBe('node')
    const check = () =>
      spawnSync(
        process.execPath,
        args.map((argument) => argument.replace(':11500/', `:${serve.port}/`)),
      ).status
    expect(check()).toBe(0)
    await serve.stop()
    expect(check()).toBe(1)
  })
})

function healthCommand(): string {
  return /^ +CMD \[(.*)\]$/m.exec(lastStage)?.[1] ?? ''
}
