import { taggedResource } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { taggedTable } from './tagChecks.ts'

export interface ListTagsOfResourceRequest {
  readonly ResourceArn: string
  readonly NextToken?: string
}

const tagsPerPage = 10

/**
 * ListTagsOfResource: ten tags at a time, in the order in which they were added. A token that is
 * not ours is ignored, as on AWS.
 */
export async function listTagsOfResource(
  { catalog }: Pick<Services, 'catalog'>,
  request: ListTagsOfResourceRequest,
): Promise<object> {
  const { tags } = taggedTable(catalog, request.ResourceArn).record
  const first = request.NextToken === undefined ? 0 : decodeToken(request.NextToken)
  const end = first + tagsPerPage
  return {
    Tags: tags.slice(first, end),
    ...(end < tags.length && { NextToken: encodeToken(end) }),
  }
}

/** A token says where the next page begins. */
function encodeToken(first: number): string {
  return Buffer.from(`tags:${first}`, 'utf8').toString('base64')
}

function decodeToken(token: string): number {
  const match = /^tags:(\d{1,3})$/.exec(Buffer.from(token, 'base64').toString('utf8'))
  return match === null ? 0 : Number(match[1])
}

export const listTagsOfResourceOperation: Operation<ListTagsOfResourceRequest> = {
  name: 'ListTagsOfResource',
  access: 'describe',
  resources: taggedResource,
  handler: unmetered(listTagsOfResource),
}
