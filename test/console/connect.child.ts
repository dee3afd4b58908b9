import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/*
 * Connects an app as `latchkey connect` does, and is killed at once after so many files have got their name: each step of
 * the writing ends in a rename. Arguments: the data folder, the app, the number.
 */

const [dataDir = '', app = '', renames = ''] = process.argv.slice(2)
let left = Number(renames)

function countDown(): void {
  if (--left === 0) process.kill(process.pid, 'SIGKILL')
}

const { renameSync } = fs
fs.renameSync = (from, to) => {
  renameSync(from, to)
  countDown()
}
const { rename } = promises
promises.rename = async (from, to) => {
  await rename(from, to)
  countDown()
}
syncBuiltinESMExports()

const { runCommandLine } = await import('../../src-main/headless/command-line.ts')
process.exitCode = await runCommandLine(['connect', app, '--model', 'llama3.2'], {
  env: { ...process.env, LATCHKEY_DATA_DIR: dataDir },
  now: Date.now,
  print: () => undefined,
  warn: (line) => void process.stderr.write(`${line}\n`),
})
