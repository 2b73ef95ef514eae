import { useEffect, useState } from 'preact/hooks'
import { addressOf } from '../navigation/route.ts'
import { textOf } from '../parts/notices.tsx'
import type { Course } from './course.ts'
import { loadCourses } from './courseFiles.ts'
import { progressOf } from './progress.ts'
import { Failure } from '../parts/failure.tsx'

/** The courses that there are. */
export function CoursesPage() {
  const [courses, setCourses] = useState<readonly (Course | Error)[]>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    loadCourses().then(setCourses, (error: unknown) => setFailure(textOf(error)))
  }, [])
  return (
    <div class="page">
      <h1>Learn</h1>
      <p>
        Exercises on this database. Each has a database of its own, beside yours: nothing that you
        do there touches your tables.
      </p>
      <Failure text={failure} />
      <ul class="courses">
        {courses?.map((course) =>
          course instanceof Error ? (
            <li key={course.message} class="failure">
              {course.message}
            </li>
          ) : (
            <CourseLine key={course.name} course={course} />
          ),
        )}
      </ul>
    </div>
  )
}

function CourseLine({ course }: { readonly course: Course }) {
  const { name, title, minutes, about, steps } = course
  const { done } = progressOf(name)
  const count = steps.filter(({ id }) => done.includes(id)).length
  return (
    <li>
      <h2>
        <a href={addressOf(['learn', name])}>{title}</a>
      </h2>
      <p>{about}</p>
      <p class="hint">
        About {minutes} minutes · {count} of {steps.length} steps done
      </p>
    </li>
  )
}
