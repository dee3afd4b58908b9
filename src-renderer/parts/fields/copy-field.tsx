import { Box, Text } from '@mantine/core'
import classes from '../parts.module.css'
import { CopyButton } from './copy-button.tsx'

interface CopyFieldProps {
  label: string
  value: string
  onCopied?: () => void
  /** True for the main button of the page or dialog. */
  primary?: boolean
}

/** A value with a button that copies it. */
export function CopyField({ label, value, onCopied, primary }: CopyFieldProps) {
  return (
    <Box>
      <Text size="sm" fw={600} mb={4}>
        {label}
      </Text>
      <div className={classes.copyField}>
        <code className={classes.copyValue}>{value}</code>
        <CopyButton
          value={value}
          what={label}
          variant={primary === true ? 'filled' : 'default'}
          {...(onCopied === undefined ? {} : { onCopied })}
        />
      </div>
    </Box>
  )
}
