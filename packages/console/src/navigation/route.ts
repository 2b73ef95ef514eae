import { useLayoutEffect, useState } from 'preact/hooks'

/** Where somebody is: a path and what follows it, all in the hash of the address. */
export interface Route {
  /** Such as `['tables', 'Orders', 'items']`. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

/** The route in an address's hash; the tables for none. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#?\/?/, '')
  const question = text.indexOf('?')
  const path = question === -1 ? text : text.slice(0, question)
  const parts = path.split('/').filter((part) => part !== '')
  return {
    path: parts.length === 0 ? ['tables'] : parts.map(decodedPart),
    query: new URLSearchParams(question === -1 ? '' : text.slice(question + 1)),
  }
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a route within the page; members of `query` that are undefined are left out. */
export function addressOf(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  )
  const search = new URLSearchParams(given).toString()
  const place = path.map((part) => encodeURIComponent(part)).join('/')
  return `#/${place}${search === '' ? '' : `?${search}`}`
}

/** Goes to an address of {@link addressOf}. With `replaces` the present one leaves no trace. */
export function goTo(address: string, { replaces = false } = {}): void {
  if (replaces) history.replaceState(null, '', address)
  else location.hash = address
  // The browser tells late, or not at all; what is typed until then would be lost.
  dispatchEvent(new HashChangeEvent('hashchange'))
}

/** The present route, again whenever it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  // An effect of later would miss what changes before it.
  useLayoutEffect(() => {
    const follow = (): void => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return parseRoute(hash)
}
