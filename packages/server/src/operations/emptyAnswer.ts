/** The answer of operations that answer without a body, not even with an empty object. */
export const emptyAnswer: object = Object.freeze({})
