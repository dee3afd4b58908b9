import { type NativeImage, nativeImage } from 'electron'
import type { ImportGlobFunction } from 'vite/types/importGlob.d.ts'
import type { TrayLook, TrayState } from './tray-state.ts'

declare global {
  interface ImportMeta {
    glob: ImportGlobFunction
  }
}

/** The pictures are `data:` URLs inside the bundle, so that no path inside an asar archive can be wrong. */
const PICTURES = import.meta.glob<string>('../../../build/packaging/icons/{icon,tray/*}.png', {
  eager: true,
  query: '?inline',
  import: 'default',
})

/** The program's icon, for the title bar and the task bar. */
export function appIcon(): NativeImage {
  return nativeImage.createFromDataURL(picture('icon'))
}

/** The icon in three sizes, for screens with one, two and three pixels per point. */
export function trayIcon(state: TrayState, look: TrayLook): NativeImage {
  const name = `tray/${state}-${look}`
  const image = nativeImage.createFromDataURL(picture(name))
  for (const scaleFactor of [2, 3])
    image.addRepresentation({ scaleFactor, dataURL: picture(`${name}@${scaleFactor}x`) })
  image.setTemplateImage(look === 'template')
  return image
}

function picture(name: string): string {
  const dataUrl = PICTURES[`../../../build/packaging/icons/${name}.png`]
  if (dataUrl === undefined) throw new Error(`build/packaging/icons has no ${name}.png`)
  return dataUrl
}
