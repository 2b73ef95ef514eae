import { requestItemsRequired, tableNameRequired } from '../errors/wireErrors.ts'

/** A few members of DynamoDB's requests are checked before all else, in words of their own. */
export function checkRequiredFirst(
  operation: string,
  request: Readonly<Record<string, unknown>>,
): void {
  switch (operation) {
    case 'CreateTable':
    case 'DeleteTable':
    case 'DescribeTable':
    case 'UpdateTable':
      if (request['TableName'] === undefined) throw tableNameRequired()
      return
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
