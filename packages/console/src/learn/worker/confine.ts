import type { Refusal } from '../messages.ts'

/** What is shared with the pages of the same origin, by the object that has it. */
const shared: readonly (readonly [owner: object | undefined, names: readonly string[]])[] = [
  [globalThis, ['indexedDB', 'caches', 'BroadcastChannel', 'XMLHttpRequest']],
  [globalThis.navigator, ['storage', 'locks', 'serviceWorker']],
]

/**
 * Takes away what a program could meet a page by, or leave something with. Its connections are the
 * affair of the worker's policy, which the server sends.
 */
export function takeAwayShared(): void {
  for (const [owner, names] of shared) {
    for (const name of names) {
      for (let place = owner; place !== undefined && place !== null; ) {
        Reflect.deleteProperty(place, name)
        place = Object.getPrototypeOf(place) as object | undefined
      }
    }
  }
}

/**
 * Has `fetch` lead what is asked of `/` of this server to the path of the namespace, the only one
 * that the policy allows, and tell of each refusal.
 */
export function leadRequests(accessKeyId: string, onRefusal: (refusal: Refusal) => void): void {
  const { origin } = globalThis.location
  const platformFetch = globalThis.fetch.bind(globalThis)
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const { origin: asked, pathname } = new URL(request.url)
    if (asked !== origin || pathname !== '/') {
      throw new TypeError(`Programs of a course reach ${origin}/ and nothing else.`)
    }
    const { method, headers, signal } = request
    const body = method === 'POST' ? await request.arrayBuffer() : null
    const response = await platformFetch(`${origin}/${accessKeyId}`, {
      method,
      headers,
      signal,
      body,
    })
    if (!response.ok) onRefusal(await refusalIn(response.clone(), headers))
    return response
  }
}

interface ErrorBody {
  readonly __type?: string
  readonly message?: string
  readonly Message?: string
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
}

async function refusalIn(response: Response, headers: Headers): Promise<Refusal> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody
  const codes = body.CancellationReasons?.map(({ Code = 'None' }) => Code)
  return {
    requestId: response.headers.get('x-amzn-requestid') ?? '',
    operation: headers.get('x-amz-target')?.split('.').at(-1) ?? '',
    error: body.__type?.split('#').at(-1) ?? String(response.status),
    message: body.message ?? body.Message ?? '',
    ...(codes !== undefined && { codes }),
  }
}
