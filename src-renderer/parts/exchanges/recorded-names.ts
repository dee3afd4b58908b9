import { OTHER } from '#shared/records/recorded-text.ts'
import { text } from '../../text/text.ts'

/** The model's name, or “Other models” for all models beyond the daily bound. */
export function modelText(model: string): string {
  return model === OTHER ? text.words.otherModels : model
}

/** The program's name, or “Other programs” for all programs beyond the daily bound. */
export function programText(userAgent: string): string {
  return userAgent === OTHER ? text.words.otherPrograms : userAgent
}
