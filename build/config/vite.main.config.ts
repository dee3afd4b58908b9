import { builtinModules } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

/**
 * Importing `node:http` as a module reads each of its exports, and one of them (WebSocket) loads Node's own fetch. That takes a
 * fifth of the start. `getBuiltinModule` reads only the names below.
 */
const leanHttp: Plugin = {
  name: 'lean-http',
  enforce: 'pre',
  resolveId: (id) => (id === 'node:http' ? '\0lean-http' : undefined),
  load: (id) =>
    id === '\0lean-http'
      ? `export const { createServer, IncomingMessage, request, ServerResponse, STATUS_CODES } = process.getBuiltinModule('node:http')`
      : undefined,
}

/**
 * `debug`, a library of the updater, takes supports-color along where it finds one. Only tools of this checkout bring it,
 * so it is no dependency of the product and stays out of the bundle.
 */
const noSupportsColor: Plugin = {
  name: 'no-supports-color',
  enforce: 'pre',
  resolveId: (id) => (id === 'supports-color' ? '\0no-supports-color' : undefined),
  load: (id) => (id === '\0no-supports-color' ? 'export const level = 0' : undefined),
}

/** Builds each thread into a file of its own. Its address is relative to the file that starts it. */
const threads: Plugin = {
  name: 'threads',
  enforce: 'pre',
  transform(code, id) {
    const [url, name] = /new URL\('\.\/([\w-]+-thread)\.ts', import\.meta\.url\)/.exec(code) ?? []
    if (url === undefined) return undefined
    this.emitFile({ type: 'chunk', id: resolve(dirname(id), `${name}.ts`), fileName: `chunks/${name}.js` })
    return code.replace(url, `new URL('thread:${name}', import.meta.url)`)
  },
  renderChunk(code, { fileName }) {
    const folder = fileName.startsWith('chunks/') ? './' : './chunks/'
    return code.includes('thread:') ? code.replace(/(['"`])thread:([\w-]+)\1/, `$1${folder}$2.js$1`) : undefined
  },
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The core with its two shells, as ESM for the Node that Electron 45 and the `node` package carry. */
export default defineConfig({
  root,
  publicDir: false,
  plugins: [leanHttp, noSupportsColor, threads],
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3'] },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/main',
    emptyOutDir: true,
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      input: { latchkey: 'src-main/headless/main.ts', desktop: 'src-main/desktop/main.ts' },
      external: ['electron', 'better-sqlite3', ...builtinModules, /^node:(?!http$)/],
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        // Every start loads these modules, so they are one file. By default rolldown makes one for each set of lazy parts that
        // share a module.
        codeSplitting: { groups: [{ name: 'shared', test: /\/src-shared\/|\/src-main\/base\/|node_modules\/zod\// }] },
        // Less to read at each start. Names stay, so that a stack trace names the function.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      },
    },
  },
})
