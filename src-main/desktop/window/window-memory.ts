import { z } from 'zod'
import { openElectronStore } from '../system/electron-store.ts'

const pixels = z.number().int().min(-100_000).max(100_000)
const rememberedSchema = z.object({
  bounds: z.object({ x: pixels, y: pixels, width: pixels, height: pixels }).nullable().catch(null).default(null),
  /** Whether the person was told that Latchkey stays in the tray when the window closes. */
  toldAboutTray: z.boolean().catch(false).default(false),
  /** The same for a desktop without a tray. */
  toldWithoutTray: z.boolean().catch(false).default(false),
})
type Remembered = z.infer<typeof rememberedSchema>

export interface WindowMemory {
  read(): Remembered
  write(change: Partial<Remembered>): void
}

/**
 * Opens the window's saved state in `window.json`. Damaged content is discarded without asking, because it is easily
 * replaced.
 */
export function openWindowMemory(dataDir: string): WindowMemory {
  const store = openElectronStore({
    cwd: dataDir,
    name: 'window',
    clearInvalidConfig: true,
    configFileMode: 0o600,
  })
  return {
    read: () => rememberedSchema.parse(store.store),
    write: (change) => store.set(change),
  }
}
