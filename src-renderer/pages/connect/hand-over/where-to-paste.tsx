import type { Recipe } from '../../../recipes/recipe.ts'
import type { Given, Step } from '../../../recipes/step.ts'
import { formatList } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'
import classes from './where-to-paste.module.css'

/** A field of the app's form, under the app's own name for it. */
interface AppField {
  readonly label: string
  /** The value to paste there, or the text that it shows. */
  readonly takes: 'address' | 'key' | { readonly shows: string }
}

const WIDTH = 340
const TITLE_HEIGHT = 32
const ROW_HEIGHT = 58
const PADDING = 14
/** Characters of the small fixed-width letters that fit beside the badge. */
const FITS = 27

interface WhereToPasteProps {
  appName: string
  recipe: Recipe
  given: Given
}

/** A drawing of the app's form, with what goes into which field. Nothing where the form is not known. */
export function WhereToPaste({ appName, recipe, given }: WhereToPasteProps) {
  const fields = fieldsOf(recipe, given)
  if (fields.length === 0) return null
  const height = TITLE_HEIGHT + fields.length * ROW_HEIGHT + PADDING
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      className={classes.form}
      role="img"
      aria-label={text.connect.picture({ app: appName, where: describe(fields) })}
    >
      <rect x="0.75" y="0.75" width={WIDTH - 1.5} height={height - 1.5} rx="12" className={classes.formFrame} />
      <path d={`M0.75 ${TITLE_HEIGHT}H${WIDTH - 0.75}`} className={classes.formLine} />
      {[16, 28, 40].map((x) => (
        <circle key={x} cx={x} cy={TITLE_HEIGHT / 2} r="3.5" className={classes.formDot} />
      ))}
      <text x={WIDTH / 2} y={TITLE_HEIGHT / 2 + 4} textAnchor="middle" className={classes.formTitle}>
        {appName}
      </text>
      {fields.map((field, index) => (
        <Field
          key={field.label}
          field={field}
          y={TITLE_HEIGHT + index * ROW_HEIGHT + 20}
          shown={shownIn(field, given)}
        />
      ))}
    </svg>
  )
}

function Field({ field: { label, takes }, y, shown }: { field: AppField; y: number; shown: string }) {
  const kind = typeof takes === 'string' ? takes : 'given'
  return (
    <g data-kind={kind} className={classes.formField}>
      <text x={PADDING} y={y} className={classes.formLabel}>
        {label}
      </text>
      <rect x={PADDING} y={y + 7} width={WIDTH - 2 * PADDING} height="28" rx="7" className={classes.formBox} />
      <text x={PADDING + 10} y={y + 25} className={classes.formValue}>
        {shown.length > FITS ? `${shown.slice(0, FITS - 1)}…` : shown}
      </text>
      {typeof takes === 'string' && (
        <>
          <rect x={WIDTH - PADDING - 84} y={y + 11} width="80" height="20" rx="10" className={classes.formBadge} />
          <text x={WIDTH - PADDING - 44} y={y + 25} textAnchor="middle" className={classes.formBadgeText}>
            {text.connect[takes]}
          </text>
        </>
      )}
    </g>
  )
}

/** The fields that the steps fill in, in their order. Empty where no step pastes anything. */
export function fieldsOf({ steps }: Pick<Recipe, 'steps'>, given: Given): AppField[] {
  const fields = steps.flatMap((step) => fieldOf(step, given))
  return fields.some(({ takes }) => typeof takes === 'string') ? fields : []
}

function fieldOf(step: Step, given: Given): AppField[] {
  switch (step.do) {
    case 'chooseAs':
      return [{ label: step.field, takes: { shows: step.label } }]
    case 'enter':
      return [{ label: step.field, takes: { shows: step.value } }]
    case 'model':
      return [{ label: step.field, takes: { shows: given.model } }]
    case 'pasteAddress':
    case 'replaceAddress':
      return [{ label: step.field, takes: 'address' }]
    case 'pasteKey':
      return [{ label: step.field, takes: 'key' }]
    default:
      return []
  }
}

function shownIn({ takes }: AppField, { address, key }: Given): string {
  if (typeof takes !== 'string') return takes.shows
  // Not the secret itself: pictures are what people share.
  return (takes === 'key' ? key : address).replace(key, 'sk-lk-…')
}

function describe(fields: readonly AppField[]): string {
  return formatList(
    fields.flatMap(({ label, takes }) =>
      typeof takes === 'string' ? [text.connect.goesInto[takes]({ field: label })] : [],
    ),
  )
}
