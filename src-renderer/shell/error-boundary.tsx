import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { Callout } from '../parts/feedback/callout.tsx'
import { text } from '../text/text.ts'

/**
 * Keeps the navigation when a page fails. The usual cause is an update: the files of pages that were not opened yet
 * have new names, and a reload finds them.
 */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <Callout kind="bad" title={text.shell.broken}>
        <Button mt="sm" variant="default" onClick={() => location.reload()}>
          {text.shell.reload}
        </Button>
      </Callout>
    )
  }
}
