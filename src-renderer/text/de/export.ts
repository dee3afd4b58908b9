import { plural } from '#shared/text/plural.ts'
import type { exporting as en } from '../en/export.ts'

export const exporting: typeof en = {
  button: 'Exportieren',
  usage: 'Diese Summen',
  exchanges: 'Die einzelnen Anfragen',
  formats: { csv: 'für eine Tabelle (CSV)', json: 'für Programme (JSON)' },
  item: (what, format) => `${what} ${format}`,
  busy: 'Die Datei wird geschrieben …',
  counting: 'Die Zeilen werden gezählt …',
  progress: (rows, of, shown) => `${rows} von ${plural(of, 'Zeile', 'Zeilen', shown)}`,
  done: (name) => `${name} liegt bei deinen Downloads.`,
  failed: 'Die Datei konnte nicht bis zum Ende geschrieben werden.',
}
