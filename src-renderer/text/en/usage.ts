import { plural } from '#shared/text/plural.ts'
import type { Dimension, Period, UsageReport } from '#shared/usage/usage.ts'

const periods: Record<Period | 'range', string> = {
  day: '24 hours',
  week: 'Week',
  month: 'Month',
  all: 'All time',
  range: 'Range',
}
/** What a period is compared with. */
const before: Record<UsageReport['period'], string> = {
  day: 'the 24 hours before',
  week: 'the week before',
  month: 'the month before',
  all: '',
  range: 'the time before',
}
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
  intro:
    'What your apps have asked for, counted in tokens: pieces of words, about four letters each. Questions and answers themselves are never kept.',
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
    `${plural(count, 'answer', 'answers', shown)} did not say how many tokens ${count === 1 ? 'it used. It counts as a request' : 'they used. They count as requests'}, not as zero tokens.`,
  chartTitle: 'Tokens over time',
  chartTitleRequests: 'Requests over time',
  chartDescription: 'The table below holds the same numbers.',
  chartHint: 'Choose a bar or a row to see the requests behind it.',
  tableTitle: 'In numbers',
  search: 'Search this table',
  notFound: (search: string) => `Nothing in this table matches “${search}”.`,
  other: 'Other',
  empty: 'Nothing used yet',
  emptyText: 'When an app asks its first question, the numbers appear here.',
  none: 'Nothing in this period',
  from: 'First day',
  to: 'Last day',
  rangeWrong: 'Choose a first day and a last day that does not come before it.',
  before,
  more: (share: string, time: string) => `${share} more than ${time}`,
  less: (share: string, time: string) => `${share} less than ${time}`,
  times: (factor: string, time: string) => `${factor} times as many as ${time}`,
  same: (time: string) => `as many as ${time}`,
  noneBefore: (time: string) => `none in ${time}`,
  slower: (share: string, time: string) => `${share} slower than ${time}`,
  faster: (share: string, time: string) => `${share} faster than ${time}`,
  asFast: (time: string) => `as fast as ${time}`,
  firstByte: 'First word after',
  duration: 'Complete after',
  within: (time: string) => `19 of 20 within ${time}`,
  speed: 'Tokens per second',
  untold: 'not stated',
  cost: 'The same in the cloud',
  costAt: (prompt: string, completion: string) => `at ${prompt} in and ${completion} out per million tokens`,
  costColumn: 'In the cloud',
  setPrice: 'Compare with a cloud price',
  changePrice: 'Change the price',
  priceTitle: 'What would it cost in the cloud?',
  priceText:
    'Take the prices from the price list of a cloud service. They are only for comparing, and stay in this browser.',
  pricePrompt: 'Per million tokens in',
  priceCompletion: 'Per million tokens out',
  currency: 'Currency',
  noPrice: 'Do not compare',
  byTime: 'Over time',
  time: 'Time',
  timeZone: (zone: string) => `Days begin at midnight in ${zone}`,
}
