import { Button, type ButtonProps } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { text } from '../../text/text.ts'
import { copyText } from './copy-text.ts'

const SHOWN_MS = 2500

interface CopyButtonProps extends ButtonProps {
  value: string
  /** What the button copies, for screen readers. */
  what: string
  label?: string
  onCopied?: () => void
}

export function CopyButton({ value, what, label = text.shell.copy, onCopied, ...button }: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null)

  useEffect(() => {
    if (result !== 'copied') return
    const timer = setTimeout(() => setResult(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [result])

  async function copy() {
    const copied = await copyText(value)
    setResult(copied ? 'copied' : 'failed')
    if (copied) onCopied?.()
  }

  const Icon = result === 'copied' ? IconCheck : result === 'failed' ? IconAlertTriangle : IconCopy
  const shown = result === 'copied' ? text.shell.copied : result === 'failed' ? text.shell.copyFailed : label
  return (
    <Button
      variant="default"
      leftSection={<Icon size="1rem" aria-hidden />}
      onClick={() => void copy()}
      aria-label={text.shell.labelled({ label: shown, what })}
      {...button}
    >
      <span aria-live="polite">{shown}</span>
    </Button>
  )
}
