import { selectOf } from '../../access/permissions/accessContext.ts'
import type { AskedPermission } from '../../access/permissions/askedPermissions.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import type { Services } from '../services.ts'
import { partitionKeysOf } from './keyTexts.ts'
import { hasProjection, namedAttributes, type NamingParameters } from './namedAttributes.ts'
import type { PermissionReader } from './permissionReader.ts'

interface Batch<OfTable> {
  readonly RequestItems: Readonly<Record<string, OfTable>>
  readonly ReturnConsumedCapacity?: string
}

interface BatchedKeys extends NamingParameters {
  readonly Keys: readonly AttributeMap[]
}

interface BatchedWrite {
  readonly PutRequest?: { readonly Item?: AttributeMap }
  readonly DeleteRequest?: { readonly Key?: AttributeMap }
}

/** BatchGetItem: the permission of a table is about all keys that are read of it. */
export const batchGetPermissions: PermissionReader<Batch<BatchedKeys>> = {
  context(services, request, asked) {
    const parts = partsOf(services, request, asked)
    const keys = parts.flatMap(({ Keys }) => Keys)
    const names = parts.flatMap((part) => namedAttributes(services, part))
    const isProjected = parts.every(hasProjection)
    return {
      ...contextOf(services, request, asked, keys),
      attributes: distinct([...names, ...namesIn(keys)]),
      select: selectOf({ hasProjection: isProjected, isOfIndex: false }),
    }
  },
}

/** BatchWriteItem: the permission of a table is about all items that are written to it. */
export const batchWritePermissions: PermissionReader<Batch<readonly BatchedWrite[]>> = {
  context(services, request, asked) {
    const items = partsOf(services, request, asked)
      .flat()
      .flatMap(({ PutRequest, DeleteRequest }) => [PutRequest?.Item, DeleteRequest?.Key])
      .filter((item) => item !== undefined)
    return {
      ...contextOf(services, request, asked, items),
      attributes: distinct(namesIn(items)),
    }
  },
}

/** A table may be named in several ways. */
function partsOf<OfTable>(
  { catalog }: Services,
  { RequestItems }: Batch<OfTable>,
  { resource }: AskedPermission,
): OfTable[] {
  const table = catalog.find(resource)
  if (table === undefined) return []
  return Object.keys(RequestItems)
    .filter((name) => catalog.find(name) === table)
    .map((name) => RequestItems[name] as OfTable)
}

function contextOf(
  { catalog }: Services,
  { ReturnConsumedCapacity: returnConsumedCapacity }: Batch<unknown>,
  { resource }: AskedPermission,
  items: readonly AttributeMap[],
): object {
  return {
    partitionKeyValues: partitionKeysOf(catalog.find(resource), items) ?? [],
    ...(returnConsumedCapacity !== undefined && { returnConsumedCapacity }),
  }
}

const namesIn = (items: readonly AttributeMap[]): string[] => items.flatMap(Object.keys)
const distinct = (names: readonly string[]): string[] => [...new Set(names)]
