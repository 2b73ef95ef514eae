import { useEffect, useState } from 'preact/hooks'

/** Something that has been done, or has failed, and perhaps how to undo it. */
export interface Notice {
  readonly text: string
  readonly isError?: boolean
  readonly undo?: { readonly label: string; readonly perform: () => Promise<void> }
}

interface Shown extends Notice {
  readonly id: number
}

let shown: readonly Shown[] = []
let last = 0
const listeners = new Set<() => void>()

/** Notices that stand at once: older ones give way. */
const most = 4

function change(notices: readonly Shown[]): void {
  shown = notices
  for (const listener of listeners) listener()
}

/** Shows a notice until it is dismissed, undone, or has given way to newer ones. */
export function notify(notice: Notice): void {
  last += 1
  change([...shown, { ...notice, id: last }].slice(-most))
}

/** Shows an error as the database worded it. */
export const notifyError = (error: unknown): void => notify({ text: textOf(error), isError: true })

/** The name and the message of an error, as one sentence. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
}

const dismiss = (id: number): void => change(shown.filter((notice) => notice.id !== id))

/** The place of notices, which screen readers read when they come. */
export function Notices() {
  const [, redraw] = useState(0)
  useEffect(() => {
    const listener = (): void => redraw((count) => count + 1)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [])
  return (
    <section class="notices" aria-label="Notices">
      <div role="status" aria-live="polite">
        {shown.map((notice) => (
          <NoticeLine key={notice.id} notice={notice} />
        ))}
      </div>
    </section>
  )
}

function NoticeLine({ notice }: { readonly notice: Shown }) {
  const { id, text, isError = false, undo } = notice
  async function perform(): Promise<void> {
    dismiss(id)
    await undo?.perform().catch(notifyError)
  }
  return (
    <div class={isError ? 'notice error' : 'notice'}>
      <span>{text}</span>
      {undo !== undefined && (
        <button type="button" onClick={() => void perform()}>
          {undo.label}
        </button>
      )}
      <button type="button" class="quiet" aria-label="Dismiss notice" onClick={() => dismiss(id)}>
        ×
      </button>
    </div>
  )
}
