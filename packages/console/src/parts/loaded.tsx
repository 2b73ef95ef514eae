import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure } from './failure.tsx'
import { textOf } from './notices.tsx'

interface LoadedProps<Props extends object> {
  /** Loads what is shown. REQUIRES: the same function from one drawing to the next. */
  readonly load: () => Promise<ComponentType<Props>>
  readonly props: Props
}

/** A page that is not loaded before it is opened. */
export function Loaded<Props extends object>({ load, props }: LoadedProps<Props>) {
  const [shown, setShown] = useState<{ readonly Page: ComponentType<Props> }>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    let isOver = false
    setShown(undefined)
    load().then(
      (Page) => !isOver && setShown({ Page }),
      (error: unknown) => !isOver && setFailure(textOf(error)),
    )
    return () => {
      isOver = true
    }
  }, [load])
  if (failure !== undefined) return <Failure text={failure} />
  if (shown === undefined) return <p role="status">Loading…</p>
  return <shown.Page {...props} />
}
