import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

export type FactRows = readonly (readonly [name: string, value: ReactNode])[]

/** Names with their values, one below the other. */
export function Facts({ rows }: { rows: FactRows }) {
  return (
    <Table variant="vertical">
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
