import { Avatar as Picture } from '@mantine/core'
import type { Person } from '#shared/people/person.ts'

/** A person's picture, or the first letter of their name. The name is beside it. */
export function Avatar({ person: { name, picture }, size = '2.5rem' }: AvatarProps) {
  return (
    <Picture
      src={picture}
      alt=""
      size={size}
      radius="xl"
      aria-hidden
      styles={{ placeholder: { background: 'var(--lk-good-soft)', color: 'var(--lk-good)' } }}
    >
      {Array.from(name)[0]?.toLocaleUpperCase()}
    </Picture>
  )
}

interface AvatarProps {
  person: Pick<Person, 'name' | 'picture'>
  size?: string
}
