import { requestItemsRequired, tableNameLength, tableNameRequired } from '../errors/wireErrors.ts'

/** A few members of DynamoDB's requests are checked before all else, in words of their own. */
export function checkRequiredFirst(
  operation: string,
  request: Readonly<Record<string, unknown>>,
): void {
  switch (operation) {
    case 'CreateTable':
    case 'DeleteTable':
    case 'DescribeTable':
    case 'UpdateTable': {
      const name = request['TableName'] as string | undefined
      if (name === undefined) throw tableNameRequired()
      if (operation === 'CreateTable' && !isNameLength(name.length)) throw tableNameLength()
      return
    }
    case 'BatchGetItem':
    case 'BatchWriteItem': {
      const requestItems = request['RequestItems']
      if (requestItems === undefined || Object.keys(requestItems as object).length === 0) {
        throw requestItemsRequired(operation)
      }
      return
    }
    default:
  }
}

/** Whether a table can be created by a name of `length` characters (model: TableName). */
function isNameLength(length: number): boolean {
  return length >= 3 && length <= 255
}
