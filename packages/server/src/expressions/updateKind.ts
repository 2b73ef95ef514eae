/** What carries an update. */
export type UpdateKind = 'UpdateExpression' | 'Statement'
