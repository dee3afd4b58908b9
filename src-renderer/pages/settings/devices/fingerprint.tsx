import { fingerprintGroups } from '#shared/lan/fingerprint-groups.ts'
import { devicesText } from '../../../text/devices-text.ts'
import classes from '../settings.module.css'

/** A SHA-256 fingerprint, so that a person can compare it with the one on a device. */
export function Fingerprint({ value }: { value: string }) {
  return (
    <div role="group" aria-label={devicesText.lan.fingerprint} className={classes.fingerprint}>
      {fingerprintGroups(value).map((group, at) => (
        // Two groups could be equal.
        <code key={`${at} ${group}`}>{group}</code>
      ))}
    </div>
  )
}
