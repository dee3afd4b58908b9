/** The values for a file, a variable or a program. The address has the form that the recipe names. */
export interface Given {
  readonly address: string
  readonly key: string
  /** The name of a model. */
  readonly model: string
}

/**
 * One thing to do, in the app's own words. The words of the app are never translated; the sentence around them is, in
 * `recipes.steps`.
 */
export type Step =
  /** Opens the app's settings. */
  | { readonly do: 'settings' }
  /** Opens the options of an extension, which are in the menu of its icon. */
  | { readonly do: 'options' }
  /** Goes through menus or tabs. */
  | { readonly do: 'open'; readonly path: readonly string[] }
  /** Presses a button, or takes an entry. */
  | { readonly do: 'choose'; readonly label: string }
  /** The same, where the app has several of that name. */
  | { readonly do: 'chooseIn'; readonly label: string; readonly place: string }
  /** Takes an entry of a list. */
  | { readonly do: 'chooseAs'; readonly label: string; readonly field: string }
  | { readonly do: 'enter'; readonly value: string; readonly field: string }
  | { readonly do: 'pasteAddress'; readonly field: string }
  /** The field has an address in it. */
  | { readonly do: 'replaceAddress'; readonly field: string }
  | { readonly do: 'pasteKey'; readonly field: string }
  /** Types the name of a model. */
  | { readonly do: 'model'; readonly field: string }
  /** Takes one of the models that the app offers. */
  | { readonly do: 'pickModel'; readonly field: string }
  | { readonly do: 'save' }
  /** Chooses a model and asks something. */
  | { readonly do: 'ask' }
  | { readonly do: 'note'; readonly note: NoteId }
  /** Puts this into a file. */
  | { readonly do: 'file'; readonly path: string; readonly text: (given: Given) => string }
  | { readonly do: 'variables'; readonly variables: (given: Given) => Readonly<Record<string, string>> }
  | { readonly do: 'run'; readonly command: (given: Given) => string }
  | { readonly do: 'program'; readonly language: ProgramLanguage; readonly text: (given: Given) => string }

export type ProgramLanguage = 'Python' | 'JavaScript'

/** A note that no other kind of step expresses; the texts are in `recipes.notes`. */
export type NoteId =
  | 'tickModels'
  | 'newMode'
  | 'reopenOptions'
  | 'fieldOfOllama'
  | 'docker'
  | 'raycastModel'
  | 'confirmImport'
  | 'sameNetwork'
  | 'restart'
  | 'cors'
  | 'keychain'

export const settings: Step = { do: 'settings' }
export const options: Step = { do: 'options' }
export const save: Step = { do: 'save' }
export const ask: Step = { do: 'ask' }
export const open = (...path: readonly string[]): Step => ({ do: 'open', path })
export const choose = (label: string): Step => ({ do: 'choose', label })
export const chooseIn = (place: string, label: string): Step => ({ do: 'chooseIn', place, label })
export const chooseAs = (field: string, label: string): Step => ({ do: 'chooseAs', field, label })
export const enter = (field: string, value: string): Step => ({ do: 'enter', field, value })
export const pasteAddress = (field: string): Step => ({ do: 'pasteAddress', field })
export const replaceAddress = (field: string): Step => ({ do: 'replaceAddress', field })
export const pasteKey = (field: string): Step => ({ do: 'pasteKey', field })
export const model = (field: string): Step => ({ do: 'model', field })
export const pickModel = (field: string): Step => ({ do: 'pickModel', field })
export const note = (id: NoteId): Step => ({ do: 'note', note: id })
export const file = (path: string, text: (given: Given) => string): Step => ({ do: 'file', path, text })
export const variables = (of: (given: Given) => Readonly<Record<string, string>>): Step => ({
  do: 'variables',
  variables: of,
})
export const run = (command: (given: Given) => string): Step => ({ do: 'run', command })
export const python = (text: (given: Given) => string): Step => ({ do: 'program', language: 'Python', text })
export const javascript = (text: (given: Given) => string): Step => ({ do: 'program', language: 'JavaScript', text })
