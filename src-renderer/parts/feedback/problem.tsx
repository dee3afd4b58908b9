import { Text } from '@mantine/core'

/** The reason why a field or a card could not be saved, below it. */
export function Problem({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null
  return (
    <Text role="alert" size="sm" c="var(--mantine-color-error)" mt="xs">
      {sentence}
    </Text>
  )
}
