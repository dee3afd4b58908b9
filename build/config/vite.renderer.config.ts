import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The console's pages. Relative addresses, because they are served from `app://` and from loopback alike. */
export default defineConfig({
  root: fileURLToPath(new URL('../../src-renderer', import.meta.url)),
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // A chunk runs before the chunk that imports it, so no-eval.ts, which stops zod from trying eval, must be in zod's.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|src-renderer\/no-eval\.ts$/ }] },
      },
    },
  },
})
