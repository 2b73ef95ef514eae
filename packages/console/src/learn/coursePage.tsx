import { useEffect, useMemo, useState } from 'preact/hooks'
import { chooseNamespace } from '../database/chosenNamespace.ts'
import { clientFor, keysOfNamespace, type About } from '../database/connection.ts'
import { addressOf, goTo } from '../navigation/route.ts'
import { notify, notifyError, textOf } from '../parts/notices.tsx'
import { namespaceOfCourse, type Course, type Step } from './course.ts'
import { loadCourse } from './courseFiles.ts'
import { Prose } from './prose.tsx'
import { useProgress, withCode, withDone } from './progress.ts'
import { clearTables } from './stage.ts'
import { StepView } from './stepView.tsx'
import { Failure } from '../parts/failure.tsx'

interface CoursePageProps {
  readonly about: About
  readonly courseName: string
  /** The first one that is not done when absent. */
  readonly stepId: string | undefined
}

/** A course, at one of its steps. */
export function CoursePage({ about, courseName, stepId }: CoursePageProps) {
  const [course, setCourse] = useState<Course>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    loadCourse(courseName).then(setCourse, (error: unknown) => setFailure(textOf(error)))
  }, [courseName])
  return (
    <div class="page">
      <Failure text={failure} />
      {course !== undefined && <CourseView about={about} course={course} stepId={stepId} />}
    </div>
  )
}

interface CourseViewProps {
  readonly about: About
  readonly course: Course
  readonly stepId: string | undefined
}

function CourseView({ about, course, stepId }: CourseViewProps) {
  const { name, title, minutes, scenario, goal, steps } = course
  const [progress, changeProgress, resetProgress] = useProgress(name)
  const client = useMemo(
    () => clientFor(about, keysOfNamespace(namespaceOfCourse(name))),
    [about, name],
  )
  useEffect(() => () => client.destroy(), [client])
  const next = steps.find(({ id }) => !progress.done.includes(id)) ?? steps[0]
  // Being done does not lead on by itself: what came of the step is still to be read.
  const [first] = useState(next)
  const step = stepId === undefined ? first : steps.find(({ id }) => id === stepId)
  const throwAway = (): void => {
    clearTables(client).then(
      () => notify({ text: `The tables of ${title} are gone.` }),
      notifyError,
    )
  }
  return (
    <>
      <h1>{title}</h1>
      <p class="hint">About {minutes} minutes</p>
      <Prose text={scenario} />
      <Prose text={goal} />
      <Steps course={course} done={progress.done} present={step} />
      {step === undefined ? (
        <p role="alert">There is no such step.</p>
      ) : (
        <StepView
          key={step.id}
          place={{ about, client, namespace: namespaceOfCourse(course.name), course, step }}
          code={progress.code[step.id]}
          onCode={(text) => changeProgress(withCode(step.id, text))}
          onDone={() => changeProgress(withDone(step.id))}
        />
      )}
      <WayOn course={course} done={progress.done} present={step} />
      <div class="actions">
        <a class="button" href={addressOf(['tables'])} onClick={() => look(name)}>
          See the course’s tables
        </a>
        <button type="button" onClick={throwAway}>
          Throw away the tables
        </button>
        <button
          type="button"
          onClick={() => {
            resetProgress()
            goTo(addressOf(['learn']))
          }}
        >
          Reset progress
        </button>
      </div>
    </>
  )
}

const look = (courseName: string): void => chooseNamespace(namespaceOfCourse(courseName))

interface StepsProps {
  readonly course: Course
  readonly done: readonly string[]
  readonly present: Step | undefined
}

/** Where to go when the present step is done. */
function WayOn({ course: { name, steps }, done, present }: StepsProps) {
  if (present === undefined || !done.includes(present.id)) return null
  const next = steps.find(({ id }) => !done.includes(id))
  if (next === undefined) return <p>The course is done.</p>
  return (
    <p>
      <a class="button primary" href={addressOf(['learn', name, next.id])}>
        Next step
      </a>
    </p>
  )
}

function Steps({ course: { name, steps }, done, present }: StepsProps) {
  const count = steps.filter(({ id }) => done.includes(id)).length
  return (
    <nav aria-label="Steps" class="steps">
      <p>
        <label>
          Progress: {count} of {steps.length} steps <progress value={count} max={steps.length} />
        </label>
      </p>
      <ol>
        {steps.map(({ id, title }) => (
          <li key={id}>
            <a
              href={addressOf(['learn', name, id])}
              aria-current={id === present?.id ? 'step' : undefined}
            >
              {title}
            </a>
            {done.includes(id) && ' ✓ done'}
          </li>
        ))}
      </ol>
    </nav>
  )
}
