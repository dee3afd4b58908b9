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
    // In kB before compression. A test limits what a start loads.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        // A chunk runs before the chunk that imports it, so no-eval.ts, which stops zod from trying eval, must be in zod's.
        codeSplitting: {
          groups: [
            { name: 'zod', test: /node_modules\/zod\/|src-renderer\/no-eval\.ts$/, priority: 1 },
            // A start loads one file with all that it needs. By default rolldown makes one for each set of pages that share a part.
            { name: 'first', tags: ['$initial'] },
          ],
        },
      },
    },
  },
})
