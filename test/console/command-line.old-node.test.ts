import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { MAIN } from '../support/serve.ts'

const RUN = new URL('../../build/scripts/run.js', import.meta.url).pathname
const needed = /\d+\.\d+/.exec(packageJson.engines.node)?.[0] ?? ''

/** The computer's own Node where it is older than Latchkey needs. */
const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((directory) => !directory.includes(`${sep}node_modules${sep}`))
  .map((directory) => join(directory, process.platform === 'win32' ? 'node.exe' : 'node'))
  .find((path) => existsSync(path) && isOlder(versionOf(path), needed))
if (oldNode === undefined) console.log(`skipped: no Node older than ${needed} on this computer`)

function versionOf(node: string): string {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.replace(/^v/, '')
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0
}

it.runIf(oldNode !== undefined).each([
  ['the command line', [MAIN, '--version']],
  ['the scripts of this folder', [RUN, 'start']],
])('%s says in a sentence that this Node is too old', (_, args) => {
  const { status, stdout, stderr } = spawnSync(oldNode ?? '', args, { encoding: 'utf8' })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^This is Node [\d.]+, which is too old for Latchkey\. .+\n$/)
})
