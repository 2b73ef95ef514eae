import {
  ControlError,
  controlMethodNotAllowed,
  controlNotFound,
  foreignHost,
  foreignOrigin,
} from '../errors/controlErrors.ts'
import type { ConsoleFiles } from './consoleFiles.ts'
import { controlAnswer, controlRefusal } from './controlAnswer.ts'
import { isOfOwnOrigin, type OwnHosts } from './ownHosts.ts'
import { headerOf, type RawRequest, type RawResponse } from './rawMessage.ts'

/** Where the files of the console are; a name follows. */
const prefix = '/_dynatom/console'

export interface ConsoleDoorOptions {
  /** Whether there is a console; undefined for one while the server is on loopback alone. */
  readonly isWanted: boolean | undefined
  readonly hosts: OwnHosts
  /** What the console is told of the server that it is of: nothing that strangers must not know. */
  readonly about: () => Promise<object>
  /** Told of a fault of our own. */
  readonly onFault: (requestId: string, error: unknown) => void
  /** Where its files are; those that were built with the server when absent. */
  readonly directory?: URL
}

/**
 * The console: a page for whoever asks for HTML at `/`, and its files below `/_dynatom/console`.
 * Requests are let in by the same hosts and origins as all of `/_dynatom`. They need no token, for
 * a browser sends none for a page: what is here is the same for everybody. INVARIANT: nothing is
 * loaded and no file is looked at before somebody asks for it.
 */
export class ConsoleDoor {
  private readonly options: ConsoleDoorOptions
  private files: Promise<ConsoleFiles | undefined> | undefined

  constructor(options: ConsoleDoorOptions) {
    this.options = options
  }

  /** Whether it is shown. */
  get isOpen(): boolean {
    return this.options.isWanted ?? !this.options.hosts.isBeyondLoopback
  }

  /** Whether a request is for it. */
  isAskedBy(request: RawRequest): boolean {
    return this.isOpen && (isForFile(request.url) || isForPage(request))
  }

  /**
   * Answers what the console is asked by; undefined where its files were not built. Never rejects.
   */
  async answer(request: RawRequest, requestId: string): Promise<RawResponse | undefined> {
    try {
      return await this.performed(request, requestId)
    } catch (error) {
      if (error instanceof ControlError) return controlRefusal(request, requestId, error)
      this.options.onFault(requestId, error)
      const content = { error: 'InternalError', message: `See the log for ${requestId}.` }
      return controlAnswer(request, requestId, { statusCode: 500, content })
    }
  }

  private async performed(
    request: RawRequest,
    requestId: string,
  ): Promise<RawResponse | undefined> {
    const { hosts, about } = this.options
    if (!hosts.areAskedBy(request)) throw foreignHost()
    if (!isOfOwnOrigin(request)) throw foreignOrigin()
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw controlMethodNotAllowed(['GET', 'HEAD'])
    }
    const name = nameOfFile(request.url)
    if (name === 'about') {
      return controlAnswer(request, requestId, { statusCode: 200, content: await about() })
    }
    const files = await (this.files ??= this.open())
    const answer = await files?.answer(request, requestId, name)
    if (answer === undefined && name !== '') throw controlNotFound(pathOf(request.url))
    return answer
  }

  private async open(): Promise<ConsoleFiles | undefined> {
    const { openConsoleFiles } = await import('./consoleFiles.ts')
    return openConsoleFiles(this.options.directory)
  }
}

const pathOf = (url: string): string => url.split('?', 1)[0] as string

function isForFile(url: string): boolean {
  if (!url.startsWith(prefix)) return false
  const next = url.charAt(prefix.length)
  return next === '' || next === '/' || next === '?'
}

function isForPage(request: RawRequest): boolean {
  const { method, url } = request
  if (method !== 'GET' && method !== 'HEAD') return false
  if (url !== '/' && !url.startsWith('/?')) return false
  return takesHtml(headerOf(request, 'accept'))
}

/** Below the directory of files; empty for the page. */
const nameOfFile = (url: string): string =>
  isForFile(url) ? pathOf(url).slice(prefix.length).replace(/^\//, '') : ''

/** Whether an Accept header names HTML; `*` and `text/*` are said by programs of all kinds. */
function takesHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    if (type !== 'text/html' && type !== 'application/xhtml+xml') return false
    return !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}
