import { VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { text } from '../../text/text.ts'
import classes from './progress.module.css'

/** Shows the current step, 1 to 4. */
export function Progress({ step }: { step: number }) {
  return (
    <>
      <ol className={classes.progress}>
        {text.connect.steps.map((name, index) => (
          <li
            key={name}
            className={classes.step}
            data-done={index + 1 < step || step === text.connect.steps.length || undefined}
            aria-current={index + 1 === step ? 'step' : undefined}
          >
            <span className={classes.stepNumber} aria-hidden>
              {index + 1 < step || step === text.connect.steps.length ? (
                <IconCheck size="0.95rem" stroke={2.6} />
              ) : (
                index + 1
              )}
            </span>
            <span className={classes.stepName}>{name}</span>
          </li>
        ))}
      </ol>
      <VisuallyHidden role="status">
        {text.connect.stepOf({ step, name: text.connect.steps[step - 1] ?? '' })}
      </VisuallyHidden>
    </>
  )
}
