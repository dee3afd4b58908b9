import { Center, Loader } from '@mantine/core'
import { text } from '../../text/text.ts'

export function Loading() {
  return (
    <Center py="4rem" role="status" aria-label={text.shell.loading}>
      <Loader size="sm" />
    </Center>
  )
}
