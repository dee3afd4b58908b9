import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

/**
 * Importing `node:http` as a module reads each of its exports, and one of them (WebSocket) loads Node's own fetch: a
 * fifth of a start. Asked for this way, it gives only what is asked for.
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

const root = fileURLToPath(new URL('..', import.meta.url))

/** The core with its two shells, as ESM for the Node that Electron 45 and the `node` package carry. */
export default defineConfig({
  root,
  publicDir: false,
  plugins: [leanHttp],
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
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
})
