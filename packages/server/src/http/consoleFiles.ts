import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { buildResponse } from './buildResponse.ts'
import { codingOfAnswer } from './contentCoding.ts'
import { controlAnswer, ownPagesOnly } from './controlAnswer.ts'
import { workerPolicy } from './workerPolicy.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'

/** In the compiled package and beside its sources alike. */
const builtDirectory = new URL('../../dist/console/', import.meta.url)
const page = 'index.html'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.md': 'text/plain; charset=utf-8',
}

/** Courses are files; asked for itself, the folder lists their names. */
const coursesFolder = 'courses'
/** Scripts that run what somebody has typed, each under a policy of its own. */
const workersFolder = 'workers/'
const courseFile = new RegExp(`^${coursesFolder}/([^/]+)\\.json$`)

/**
 * What the page may do: run its own files, speak with its own server, and nothing else; no page may
 * have it within it, and no text becomes code or markup. The one policy of Trusted Types is that
 * which names the worker of the courses, for browsers begin no worker without one.
 */
export const contentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dynatom-course-worker',
].join('; ')

const gzip = promisify(zlib.gzip)

interface ConsoleFile {
  readonly body: Buffer
  readonly compressed: Buffer
}

/** The files of the console, each read and compressed when it is first asked for. */
export class ConsoleFiles {
  private readonly directory: URL
  private readonly names: ReadonlySet<string>
  private readonly files = new Map<string, Promise<ConsoleFile>>()

  constructor(directory: URL, names: ReadonlySet<string>) {
    this.directory = directory
    this.names = names
  }

  /** Undefined for what there is no file of; the page for an empty name. */
  async answer(
    request: RawRequest,
    requestId: string,
    name: string,
  ): Promise<RawResponse | undefined> {
    if (name === coursesFolder) return this.listOfCourses(request, requestId)
    const fileName = name === '' ? page : name
    // Names are looked up and never made into paths, so that none leads elsewhere.
    if (!this.names.has(fileName)) return undefined
    const file = await this.file(fileName)
    const isCompressed = codingOfAnswer(request, file.body.length) === 'gzip'
    const body = isCompressed ? file.compressed : file.body
    const response = buildResponse(request, requestId, 200, body)
    const { headers } = response
    headers['content-type'] = contentTypes[extname(fileName)] ?? 'application/octet-stream'
    if (isCompressed) headers['content-encoding'] = 'gzip'
    headers['vary'] = 'accept, accept-encoding'
    // The names of assets have a digest of their content.
    const isForGood = fileName.startsWith('assets/')
    headers['cache-control'] = isForGood ? 'private, max-age=31536000, immutable' : 'no-cache'
    const isWorker = fileName.startsWith(workersFolder)
    headers['content-security-policy'] = isWorker ? workerPolicy(request) : contentSecurityPolicy
    headers['x-frame-options'] = 'DENY'
    headers['referrer-policy'] = 'no-referrer'
    headers['cross-origin-opener-policy'] = 'same-origin'
    return ownPagesOnly(response)
  }

  private listOfCourses(request: RawRequest, requestId: string): RawResponse {
    const courses = [...this.names].flatMap((name) => courseFile.exec(name)?.[1] ?? []).sort()
    return controlAnswer(request, requestId, { statusCode: 200, content: { courses } })
  }

  private file(name: string): Promise<ConsoleFile> {
    let file = this.files.get(name)
    if (file === undefined) {
      file = this.read(name)
      this.files.set(name, file)
      file.catch(() => this.files.delete(name))
    }
    return file
  }

  private async read(name: string): Promise<ConsoleFile> {
    const body = await readFile(new URL(name, this.directory))
    return { body, compressed: await gzip(body, { level: 9 }) }
  }
}

/** The files in `directory`; undefined where it was not built. */
export async function openConsoleFiles(
  directory: URL = builtDirectory,
): Promise<ConsoleFiles | undefined> {
  const names = await namesIn(directory)
  return names.has(page) ? new ConsoleFiles(directory, names) : undefined
}

async function namesIn(directory: URL): Promise<ReadonlySet<string>> {
  try {
    const names = await readdir(directory, { recursive: true })
    return new Set(names.map((name) => name.replaceAll('\\', '/')).filter(extname))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set()
    throw error
  }
}
