import { isNamespaceName, namespacePrefix } from '../access/namespaceName.ts'
import { headerOf, type RawRequest } from './rawMessage.ts'

/** A name or an address of IPv4 with a port or without: what a policy can name. */
const hostPattern = /^[a-z0-9.-]+(?::[0-9]+)?$/i

/**
 * What a script may do that runs the programs of a course, which its address names as
 * `?course=NAME`: evaluate text, and connect to the one path where the key of the course's
 * namespace, and no other, is let in. A path in a policy is the whole path unless it ends with a
 * slash: `/` itself would be all paths, those below `/_dynatom` too. Nothing else may be loaded, no
 * script, no further worker. REQUIRES: the request is by a host of the server's own.
 */
export function workerPolicy(request: RawRequest): string {
  return [
    "default-src 'none'",
    "script-src 'unsafe-eval'",
    `connect-src ${placeOfCourse(request) ?? "'none'"}`,
  ].join('; ')
}

function placeOfCourse(request: RawRequest): string | undefined {
  const course = new URLSearchParams(request.url.split('?')[1]).get('course') ?? ''
  const name = `course-${course}`
  const host = headerOf(request, 'host') ?? ''
  if (course === '' || !isNamespaceName(name) || !hostPattern.test(host)) return undefined
  const scheme = request.peer?.encrypted === true ? 'https' : 'http'
  return `${scheme}://${host}/${namespacePrefix}${name}`
}
