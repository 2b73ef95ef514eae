import { isNamespaceName, namespacePrefix } from '../../access/namespaceName.ts'
import { claimOf } from '../../access/signatures/signatureClaim.ts'
import { ApiError } from '../../errors/apiError.ts'
import { headerOf, type RawRequest } from '../../http/rawMessage.ts'

/**
 * The namespace that a request chooses by the access key id of its signature; undefined for all
 * others, also for those whose signature is none, which the main database refuses.
 */
export function namespaceOf(request: RawRequest): string | undefined {
  const { url } = request
  const isMeant =
    headerOf(request, 'authorization')?.includes(namespacePrefix) === true ||
    (url !== '/' && url.includes(namespacePrefix))
  if (!isMeant) return undefined
  const claim = claimOf(request, 'lenient')
  if (claim instanceof ApiError || !claim.credential.startsWith(namespacePrefix)) return undefined
  const [accessKeyId = ''] = claim.credential.split('/', 1)
  const name = accessKeyId.slice(namespacePrefix.length)
  return isNamespaceName(name) ? name : undefined
}

const addressPattern = new RegExp(`^/${namespacePrefix}([^/?]+)/?(?:\\?|$)`)

/**
 * The namespace that the path `/dynatom-NAME` is of; undefined for every other path. There, that
 * namespace's key alone is let in: who can reach no other path reaches no other database.
 */
export function namespaceOfAddress({ url }: RawRequest): string | undefined {
  if (url === '/') return undefined
  const name = addressPattern.exec(url)?.[1]
  return name !== undefined && isNamespaceName(name) ? name : undefined
}
