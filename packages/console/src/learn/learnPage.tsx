import type { Connection } from '../database/connection.ts'
import type { Route } from '../navigation/route.ts'
import { CoursePage } from './coursePage.tsx'
import { CoursesPage } from './coursesPage.tsx'

interface LearnPageProps {
  readonly connection: Connection
  readonly route: Route
}

/** Courses, and one of them. */
export function LearnPage({ connection: { about }, route }: LearnPageProps) {
  const [, courseName, stepId] = route.path
  if (about.needsKeys) return <NoDatabase />
  if (courseName === undefined) return <CoursesPage />
  return <CoursePage key={courseName} about={about} courseName={courseName} stepId={stepId} />
}

/** Programs of a course get no keys of anybody's. */
function NoDatabase() {
  return (
    <div class="page">
      <h1>Learn</h1>
      <p>
        Each course has a database of its own within the server, which a server that verifies keys
        does not have. Start one on your machine, with <code>dynatom --in-memory --lab</code>, and
        open its console.
      </p>
    </div>
  )
}
