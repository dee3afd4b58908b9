import type { Dimension, Period } from '#shared/usage.ts'

const periods: Record<Period, string> = { day: '24 hours', week: 'Week', month: 'Month', all: 'All time' }
const dimensions: Record<Dimension, string> = {
  model: 'By model',
  key: 'By key',
  origin: 'By site',
  route: 'By task',
  owner: 'By person',
}
const dimensionNames: Record<Dimension, string> = {
  model: 'Model',
  key: 'Key',
  origin: 'Site or extension',
  route: 'Task',
  owner: 'Person',
}

export const usage = {
  title: 'Usage',
  intro: 'What your apps have asked for. Questions and answers themselves are never kept.',
  periodLabel: 'Period',
  dimensionLabel: 'Grouped',
  periods,
  dimensions,
  dimensionNames,
  requests: 'Requests',
  prompt: 'Tokens in',
  completion: 'Tokens out',
  total: 'Tokens',
  refused: 'Refused',
  unmetered: 'Tokens unknown',
  unmeteredText: (count: number, shown: string) =>
    count === 1
      ? '1 answer did not say how many tokens it used. It counts as a request, not as zero tokens.'
      : `${shown} answers did not say how many tokens they used. They count as requests, not as zero tokens.`,
  chartTitle: 'Tokens over time',
  chartTitleRequests: 'Requests over time',
  chartDescription: 'The table below holds the same numbers.',
  tableTitle: 'In numbers',
  other: 'Other',
  empty: 'Nothing used yet',
  emptyText: 'When an app asks its first question, the numbers appear here.',
  none: 'Nothing in this period',
  timeZone: (zone: string) => `Days as in ${zone}`,
}
