import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { LICENCES_FILE, licenceSchema } from '#shared/console-api/licences.ts'
import { fetchFromCore } from '../../../api/session.ts'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { text } from '../../../text/text.ts'
import classes from '../settings.module.css'

async function readLicences() {
  const response = await fetchFromCore(`./${LICENCES_FILE}`)
  return licenceSchema.array().parse(await response.json())
}

/** All packages in Latchkey, from a file that the build writes. */
export function LicenceList() {
  const query = useQuery({ queryKey: ['licences'], queryFn: readLicences, staleTime: Number.POSITIVE_INFINITY })
  return (
    <QueryGate query={query}>
      {(licences) => (
        <div>
          {licences.map(({ name, version, licence, text: words }) => (
            <details key={`${name}@${version}`} className={classes.licence}>
              <summary>
                <b>{name}</b> {version}{' '}
                <Text span size="sm" c="dimmed">
                  {licence}
                </Text>
              </summary>
              <pre className={classes.report}>{words ?? text.about.noLicenceFile({ licence })}</pre>
            </details>
          ))}
        </div>
      )}
    </QueryGate>
  )
}
