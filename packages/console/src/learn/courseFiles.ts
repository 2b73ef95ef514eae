import type { Course } from './course.ts'
import { readCourse } from './readCourse.ts'

const folder = '/_dynatom/console/courses'

async function contentOf(path: string): Promise<unknown> {
  const response = await fetch(path)
  if (response.status === 404) throw new Error('There is no such course.')
  if (!response.ok) throw new Error(`The server answers ${response.status}.`)
  return (await response.json()) as unknown
}

/** A course. Rejects with what is wrong with its file. */
export const loadCourse = async (name: string): Promise<Course> =>
  readCourse(name, await contentOf(`${folder}/${encodeURIComponent(name)}.json`))

/** All courses that the server has, the shortest first; of a faulty one what is wrong with it. */
export async function loadCourses(): Promise<readonly (Course | Error)[]> {
  const { courses } = (await contentOf(folder)) as { readonly courses: readonly string[] }
  const loaded = await Promise.all(
    courses.map((name) => loadCourse(name).catch((error: unknown) => error as Error)),
  )
  const minutesOf = (course: Course | Error): number =>
    course instanceof Error ? Infinity : course.minutes
  return loaded.sort((a, b) => minutesOf(a) - minutesOf(b))
}
