import { Text } from '@mantine/core'

/** Why something could not be saved, below what could not. */
export function Problem({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null
  return (
    <Text role="alert" size="sm" c="var(--mantine-color-error)" mt="xs">
      {sentence}
    </Text>
  )
}
