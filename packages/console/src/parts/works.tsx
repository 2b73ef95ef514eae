import { useEffect, useState } from 'preact/hooks'
import { notifyError } from './notices.tsx'

/** How far a work has come; `of` is undefined while nobody knows how much there is. */
export interface Progress {
  readonly done: number
  readonly of?: number | undefined
  /** What has been done, such as `1,200 items`. */
  readonly text: string
}

/** Something that takes a while. It goes on whichever page is looked at, until it is stopped. */
export interface Work {
  /** Such as `Exporting Orders`. */
  readonly label: string
  /** Resolves also when it was stopped, and says itself what became of it. */
  readonly perform: (
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ) => Promise<unknown>
}

interface Running {
  readonly id: number
  readonly label: string
  readonly progress: Progress | undefined
  readonly controller: AbortController
}

let running: readonly Running[] = []
let last = 0
const listeners = new Set<() => void>()

function change(works: readonly Running[]): void {
  running = works
  for (const listener of listeners) listener()
}

/** A page that is left would end its works: the browser asks first. */
function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

/** Begins a work, which is shown with its progress and a way to stop it. Never rejects. */
export async function startWork({ label, perform }: Work): Promise<void> {
  last += 1
  const id = last
  const controller = new AbortController()
  if (running.length === 0) addEventListener('beforeunload', askBeforeLeaving)
  change([...running, { id, label, progress: undefined, controller }])
  try {
    await perform((progress) => {
      change(running.map((work) => (work.id === id ? { ...work, progress } : work)))
    }, controller.signal)
  } catch (error) {
    notifyError(error)
  } finally {
    change(running.filter((work) => work.id !== id))
    if (running.length === 0) removeEventListener('beforeunload', askBeforeLeaving)
  }
}

/** The works that are going on. */
export function Works() {
  const [, redraw] = useState(0)
  useEffect(() => {
    const listener = (): void => redraw((count) => count + 1)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [])
  if (running.length === 0) return null
  return (
    <section class="works" aria-label="Work in progress">
      {running.map(({ id, label, progress, controller }) => (
        <div key={id} class="work">
          <label>
            {label}{' '}
            <progress
              {...(progress?.of !== undefined && { value: progress.done, max: progress.of })}
            />
          </label>
          <span>{progress?.text}</span>
          <button
            type="button"
            aria-label={`Stop: ${label}`}
            disabled={controller.signal.aborted}
            onClick={() => controller.abort()}
          >
            Stop
          </button>
        </div>
      ))}
    </section>
  )
}
