import { OTHER } from '#shared/records/recorded-text.ts'
import { text } from '../../text/text.ts'

/** The model, or that it is one of those beyond the bound of a day. */
export function modelText(model: string): string {
  return model === OTHER ? text.words.otherModels : model
}

/** The same of a program. */
export function programText(userAgent: string): string {
  return userAgent === OTHER ? text.words.otherPrograms : userAgent
}
