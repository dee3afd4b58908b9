import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type UserConfig } from 'vite'
import mainConfig from '../../../build/config/vite.main.config.ts'
import preloadConfig from '../../../build/config/vite.preload.config.ts'

// Inside the checkout, so that the bundle finds better-sqlite3 as an installed app does: in a node_modules above it.
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url))

/** The desktop app as it is shipped: bundled, in a dist/ of its own. */
export interface Bundle {
  readonly main: string
  readonly preload: string
  remove(): void
}

/**
 * Builds the main process and the preload by the project's own Vite configurations. A page stands in for the console's:
 * what the real one does is tested in a browser.
 */
export async function bundleDesktop(): Promise<Bundle> {
  mkdirSync(CACHE, { recursive: true })
  const dist = mkdtempSync(join(CACHE, 'desktop-test-'))
  await buildInto(join(dist, 'main'), mainConfig, { desktop: 'src-main/desktop/main.ts' })
  await buildInto(join(dist, 'preload'), preloadConfig, { preload: 'src-main/desktop/window/preload.ts' })
  mkdirSync(join(dist, 'renderer'))
  writeFileSync(join(dist, 'renderer/index.html'), '<!doctype html><title>Latchkey</title>')
  return {
    main: join(dist, 'main/desktop.js'),
    preload: join(dist, 'preload/preload.cjs'),
    remove: () => rmSync(dist, { recursive: true, force: true }),
  }
}

async function buildInto(outDir: string, config: UserConfig, input: Record<string, string>): Promise<void> {
  const rolldownOptions = { ...config.build?.rolldownOptions, input }
  await build({ ...config, configFile: false, logLevel: 'error', build: { ...config.build, outDir, rolldownOptions } })
}
