import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ColumnHeads } from './columnHeads.tsx'

interface VirtualRowsProps {
  /** What the table is called by screen readers. */
  readonly label: string
  readonly head: readonly string[]
  readonly count: number
  /** The cells of a row, each a `td` or a `th`. */
  readonly row: (index: number) => ComponentChildren
  readonly keyOf: (index: number) => string
  /** Told which rows are in sight, from the first to behind the last. */
  readonly onSight?: (first: number, end: number) => void
}

const rowHeight = 40
/** Rows beyond the edge that are drawn, so that none is missing while somebody scrolls. */
const margin = 10

/** A table of which only the rows in sight are in the document, however many there are. */
export function VirtualRows(props: VirtualRowsProps) {
  const { label, head, count, row, keyOf, onSight } = props
  const box = useRef<HTMLDivElement>(null)
  const [{ top, height }, setPlace] = useState({ top: 0, height: 600 })
  const measure = (): void => {
    const element = box.current
    if (element !== null) setPlace({ top: element.scrollTop, height: element.clientHeight })
  }
  useEffect(() => {
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count) - margin)
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + margin)
  useEffect(() => onSight?.(first, end), [first, end, count, onSight])
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i)
  return (
    <div class="rows" ref={box} onScroll={measure} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={count + 1} aria-label={label}>
        <thead>
          <tr aria-rowindex={1}>
            <ColumnHeads names={head} />
          </tr>
        </thead>
        <tbody>
          <Space rows={first} columns={head.length} />
          {indexes.map((index) => (
            <tr key={keyOf(index)} aria-rowindex={index + 2} style={{ height: `${rowHeight}px` }}>
              {row(index)}
            </tr>
          ))}
          <Space rows={count - end} columns={head.length} />
        </tbody>
      </table>
    </div>
  )
}

/** Stands for rows that are out of sight. */
function Space({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows <= 0) return null
  return (
    <tr aria-hidden="true" style={{ height: `${rows * rowHeight}px` }}>
      <td colSpan={columns} />
    </tr>
  )
}
