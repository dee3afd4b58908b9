import { Box, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { useExchanges } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { BROWSER_KINDS, type BrowserKind, likelyBrowser } from './browser-kind.ts'

/** Explains what a browser asks before a web page may reach this computer. Starts with the person's likely browser. */
export function BrowserAdvice() {
  const exchanges = useExchanges().data ?? []
  const [chosen, setChosen] = useState<BrowserKind | null>(null)
  const browser = chosen ?? likelyBrowser(navigator.userAgent, exchanges)
  const { label, names, shows, todo } = text.browsers
  return (
    <Box>
      <SegmentedControl
        size="xs"
        aria-label={label}
        data={BROWSER_KINDS.map((value) => ({ value, label: names[value] }))}
        value={browser}
        onChange={setChosen}
        mb="xs"
      />
      <div role="status">
        <Text size="sm">{shows[browser]}</Text>
        <Text size="sm" mt={4}>
          {todo[browser]}
        </Text>
      </div>
    </Box>
  )
}
