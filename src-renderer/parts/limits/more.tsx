import { Button, Collapse } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { text } from '../../text/text.ts'

interface MoreProps {
  label?: string
  initiallyOpen: boolean
  children: ReactNode
}

/** The fields that most people never need, behind a button. */
export function More({ label = text.keys.more, initiallyOpen, children }: MoreProps) {
  const [open, setOpen] = useState(initiallyOpen)
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="sm"
        px="xs"
        ml="-0.625rem"
        aria-expanded={open}
        rightSection={<IconChevronDown size="1rem" aria-hidden style={{ rotate: open ? '180deg' : '0deg' }} />}
        onClick={() => setOpen(!open)}
      >
        {label}
      </Button>
      <Collapse expanded={open}>{children}</Collapse>
    </div>
  )
}
