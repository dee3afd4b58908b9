// Adds the parts of Electron 45 (Node 24) that the app uses and Electron 33 (Node 20.18) lacks.
const { register, syncBuiltinESMExports } = require('node:module')
const { pathToFileURL } = require('node:url')
const threads = require('node:worker_threads')
const zlib = require('node:zlib')

URL.parse ??= (address, base) => {
  try {
    return new URL(address, base)
  } catch {
    return null
  }
}

if (!('zstdDecompress' in zlib)) addZstdNames()

addToThreads()
if (threads.isMainThread) addToElectron()

/** A thread has a Node of its own, which lacks the same. */
function addToThreads() {
  const { Worker } = threads
  threads.Worker = class extends Worker {
    /** @param {URL} file @param {import('node:worker_threads').WorkerOptions} options */
    constructor(file, options) {
      super(file, { ...options, execArgv: ['--require', __filename] })
    }
  }
  syncBuiltinESMExports()
}

function addToElectron() {
  const { clipboard, safeStorage } = require('electron')
  if (safeStorage.encryptStringAsync === undefined) {
    safeStorage.isAsyncEncryptionAvailable = async () => safeStorage.isEncryptionAvailable()
    safeStorage.encryptStringAsync = async (text) => safeStorage.encryptString(text)
    safeStorage.decryptStringAsync = async (data) => ({
      result: safeStorage.decryptString(data),
      shouldReEncrypt: false,
    })
  }
  const { writeText } = clipboard
  if (writeText !== undefined) clipboard.writeText = async (...args) => writeText.apply(clipboard, args)
}

/** An ES module can import only names that exist, so a module with two more of them stands in for node:zlib. */
function addZstdNames() {
  const standIn = dataUrl(
    `export * from 'node:zlib?plain'
     const refuse = () => { throw new Error('this Node has no zstd') }
     export const zstdDecompressSync = refuse, createZstdDecompress = refuse
     export const zstdDecompress = (body, options, done) => done(new Error('this Node has no zstd'))`,
  )
  const hooks = `export async function resolve(specifier, context, next) {
    if (specifier === 'node:zlib?plain') return { url: 'node:zlib', shortCircuit: true, format: 'builtin' }
    if (specifier === 'node:zlib') return { url: ${JSON.stringify(standIn)}, shortCircuit: true, format: 'module' }
    return next(specifier, context)
  }`
  register(dataUrl(hooks), pathToFileURL(__filename))
}

/** @param {string} source */
function dataUrl(source) {
  return `data:text/javascript,${encodeURIComponent(source)}`
}
