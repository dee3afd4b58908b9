/// <reference path="./png.d.ts" />
import { type NativeImage, nativeImage } from 'electron'
import pausedPanel2 from '../../build/icons/tray/paused-panel@2x.png?inline'
import pausedPanel from '../../build/icons/tray/paused-panel.png?inline'
import pausedTemplate2 from '../../build/icons/tray/paused-template@2x.png?inline'
import pausedTemplate from '../../build/icons/tray/paused-template.png?inline'
import questionPanel2 from '../../build/icons/tray/question-panel@2x.png?inline'
import questionPanel from '../../build/icons/tray/question-panel.png?inline'
import questionTemplate2 from '../../build/icons/tray/question-template@2x.png?inline'
import questionTemplate from '../../build/icons/tray/question-template.png?inline'
import runningPanel2 from '../../build/icons/tray/running-panel@2x.png?inline'
import runningPanel from '../../build/icons/tray/running-panel.png?inline'
import runningTemplate2 from '../../build/icons/tray/running-template@2x.png?inline'
import runningTemplate from '../../build/icons/tray/running-template.png?inline'
import downPanel2 from '../../build/icons/tray/upstream-down-panel@2x.png?inline'
import downPanel from '../../build/icons/tray/upstream-down-panel.png?inline'
import downTemplate2 from '../../build/icons/tray/upstream-down-template@2x.png?inline'
import downTemplate from '../../build/icons/tray/upstream-down-template.png?inline'
import type { TrayState } from './tray-state.ts'

/** 16 pixels, then 32 for dense screens. */
type Sizes = readonly [normal: string, double: string]

const PANEL: Record<TrayState, Sizes> = {
  running: [runningPanel, runningPanel2],
  paused: [pausedPanel, pausedPanel2],
  question: [questionPanel, questionPanel2],
  'upstream-down': [downPanel, downPanel2],
}

const TEMPLATE: Record<TrayState, Sizes> = {
  running: [runningTemplate, runningTemplate2],
  paused: [pausedTemplate, pausedTemplate2],
  question: [questionTemplate, questionTemplate2],
  'upstream-down': [downTemplate, downTemplate2],
}

/** macOS colours a template image itself, to suit its menu bar; the others show a picture as it is. */
export function trayIcon(state: TrayState, platform: NodeJS.Platform): NativeImage {
  const isTemplate = platform === 'darwin'
  const [normal, double] = (isTemplate ? TEMPLATE : PANEL)[state]
  const image = nativeImage.createFromDataURL(normal)
  image.addRepresentation({ scaleFactor: 2, dataURL: double })
  image.setTemplateImage(isTemplate)
  return image
}
