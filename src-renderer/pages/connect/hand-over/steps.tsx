import { operatingSystem } from '../../../parts/browsers/operating-system.ts'
import { CopyButton } from '../../../parts/fields/copy-button.tsx'
import type { Recipe } from '../../../recipes/recipe.ts'
import type { Given, Step } from '../../../recipes/step.ts'
import { codeOf } from '../../../recipes/step-code.ts'
import { stepSentence } from '../../../recipes/step-text.ts'
import classes from './hand-over.module.css'

interface StepsProps {
  recipe: Recipe
  given: Given
}

/** The steps of a recipe, with what is copied as a whole beside its button. */
export function Steps({ recipe, given }: StepsProps) {
  return (
    <ol className={classes.steps}>
      {recipe.steps.map((step, index) => (
        // Two steps can have the same words.
        <li key={`${index} ${step.do}`}>
          <div className={classes.stepBody}>
            {stepSentence(step, recipe, given)}
            <Code step={step} given={given} what={stepSentence(step, recipe, given)} />
          </div>
        </li>
      ))}
    </ol>
  )
}

function Code({ step, given, what }: { step: Step; given: Given; what: string }) {
  const code = codeOf(step, given, operatingSystem() === 'windows' ? 'powershell' : 'posix')
  if (code === null) return null
  return (
    <div className={classes.code}>
      {/* A long line scrolls, which the keyboard does too. */}
      <pre tabIndex={0}>{code}</pre>
      <CopyButton value={code} what={what} size="compact-sm" />
    </div>
  )
}
