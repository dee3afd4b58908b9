import { plural } from '#shared/text/plural.ts'

/** Not `export`, which is no name. */
export const exporting = {
  button: 'Export',
  usage: 'These totals',
  exchanges: 'Individual requests',
  formats: { csv: 'for a spreadsheet (CSV)', json: 'for programs (JSON)' },
  item: (what: string, format: string) => `${what} ${format}`,
  busy: 'Writing the file…',
  counting: 'Counting the rows…',
  progress: (rows: string, of: number, shown: string) => `${rows} of ${plural(of, 'row', 'rows', shown)}`,
  done: (name: string) => `${name} was saved with your downloads.`,
  failed: 'The file could not be written to its end.',
}
