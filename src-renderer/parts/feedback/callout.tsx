import { Box, CloseButton, Group, Loader, type MantineSpacing, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClock, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { text } from '../../text/text.ts'
import classes from '../parts.module.css'

export type CalloutKind = 'good' | 'wait' | 'bad' | 'plain'

const ICONS = { good: IconCircleCheck, wait: IconClock, bad: IconAlertTriangle, plain: IconInfoCircle }

interface CalloutProps {
  kind: CalloutKind
  title: string
  children?: ReactNode
  /** Shows a spinner. */
  busy?: boolean
  onClose?: () => void
  mb?: MantineSpacing
}

/** A coloured box with one message. Screen readers read `bad` at once and other kinds when they are idle. */
export function Callout({ kind, title, children, busy, onClose, mb }: CalloutProps) {
  const Icon = ICONS[kind]
  return (
    <Box className={classes.callout} data-kind={kind} role={kind === 'bad' ? 'alert' : 'status'} mb={mb ?? 0}>
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <Box className={classes.calloutIcon}>
          {busy === true ? <Loader size="1.1rem" color="currentColor" /> : <Icon size="1.25rem" aria-hidden />}
        </Box>
        <Box flex={1} miw={0}>
          <Text fw={600} lh={1.4}>
            {title}
          </Text>
          {children}
        </Box>
        {onClose !== undefined && <CloseButton aria-label={text.shell.close} onClick={onClose} size="sm" />}
      </Group>
    </Box>
  )
}
