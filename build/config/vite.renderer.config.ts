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
        // Chunks run before the one that imports them: zod is told not to try eval in the chunk that it comes in itself.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|src-renderer\/no-eval\.ts$/ }] },
      },
    },
  },
})
