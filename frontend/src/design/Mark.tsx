/** The sign of the product: three layers. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" className="mark">
      <path d="M16 4 29 10.5 16 17 3 10.5Z" fill="var(--accent)" />
      <path
        d="m3 16 13 6.5L29 16"
        stroke="var(--status-succeeded)"
        strokeWidth="2.4"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <path
        d="m3 21.5 13 6.5 13-6.5"
        stroke="var(--faint)"
        strokeWidth="2.4"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
