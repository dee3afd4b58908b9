import { encode } from 'uqr'
import classes from '../parts.module.css'

interface QrCodeProps {
  value: string
  /** The purpose of the code, for screen readers. */
  label: string
}

/** Black on white in both colour schemes: cameras expect it. */
export function QrCode({ value, label }: QrCodeProps) {
  // The standard wants four light modules around it (ISO/IEC 18004, 6.3.8).
  const { data, size } = encode(value, { ecc: 'L', border: 4 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className={classes.qr}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
