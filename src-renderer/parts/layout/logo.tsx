/** A key whose bit is an L. The same drawing as build/packaging/icons/app.svg. */
export function Logo({ size }: { size: string }) {
  return (
    <svg viewBox="2 2 28 28" width={size} height={size} aria-hidden="true" focusable="false">
      <rect x="2" y="2" width="28" height="28" rx="7" fill="#20684f" />
      <g fill="none" stroke="#f3cf86" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="13.4" cy="11.2" r="3.9" />
        <path d="M13.4 15.1V24.9H20.8M13.4 20.3h4.6" />
      </g>
    </svg>
  )
}
