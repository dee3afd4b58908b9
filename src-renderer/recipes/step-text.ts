import { text } from '../text/text.ts'
import { hasKeyInAddress } from './address.ts'
import type { Recipe } from './recipe.ts'
import { RECIPES, type RecipeId } from './recipes.ts'
import type { Given, Step } from './step.ts'

/** The name of an app; what the list calls the entry for an app without a row. */
export function appName(id: RecipeId): string {
  return id === 'other' ? text.recipes.other : RECIPES[id].name
}

/** The sentence of a step, with the app's own words in it as the app spells them. */
export function stepSentence(step: Step, recipe: Pick<Recipe, 'address'>, given: Pick<Given, 'model'>): string {
  const { steps, notes } = text.recipes
  const isWhole = hasKeyInAddress(recipe.address)
  switch (step.do) {
    case 'settings':
    case 'options':
    case 'save':
    case 'ask':
    case 'variables':
    case 'run':
      return steps[step.do]
    case 'open':
      return steps.open({ path: step.path.map(quoted).join(' → ') })
    case 'choose':
      return steps.choose({ label: quoted(step.label) })
    case 'chooseIn':
      return steps.chooseIn({ label: quoted(step.label), place: quoted(step.place) })
    case 'chooseAs':
      return steps.chooseAs({ label: quoted(step.label), field: quoted(step.field) })
    case 'enter':
      return steps.enter({ value: quoted(step.value), field: quoted(step.field) })
    case 'pasteAddress':
      return steps[isWhole ? 'pasteWhole' : 'pasteAddress']({ field: quoted(step.field) })
    case 'replaceAddress':
      return steps[isWhole ? 'replaceWhole' : 'replaceAddress']({ field: quoted(step.field) })
    case 'pasteKey':
      return steps.pasteKey({ field: quoted(step.field) })
    case 'model':
      return steps.model({ field: quoted(step.field), model: quoted(given.model) })
    case 'pickModel':
      return steps.pickModel({ field: quoted(step.field) })
    case 'note':
      return notes[step.note]
    case 'file':
      return steps.file({ path: quoted(step.path) })
    case 'program':
      return steps.program({ language: step.language })
  }
}

function quoted(word: string): string {
  return text.recipes.word({ word })
}
