import assert from 'node:assert/strict'
import { mapValues } from '../attributeValue.mjs'

/** The errors for which clients have no class. */
const plainErrors = new Set(['ValidationException'])

const changed = (record, name, change) =>
  record[name] === undefined ? record : { ...record, [name]: change(record[name]) }

/**
 * What a story asks one client and what it is told, both in plain values. `client` has
 * - `encode`: a plain value in the client's form;
 * - `plainError`: the class of errors that have none of their own;
 * - `heard(failure, operation)`: what it tells of `{class, name, message, Item, CancellationReasons}`;
 * - `open(endpoint)`: `{ask, close}`, at once or later; `ask(operation, request)` gives `{answer}` or `{failure}`.
 */
export class Counter {
  #client
  #opened

  /** A counter with its client opened. */
  static async open(client, endpoint) {
    return new Counter(client, await client.open(endpoint))
  }

  constructor(client, opened) {
    this.#client = client
    this.#opened = opened
  }

  close() {
    return this.#opened.close()
  }

  /** The answer, whose items are in the form of the client. */
  async answer(operation, request) {
    const { answer, failure } = await this.#opened.ask(operation, this.#requestOf(request))
    assert.equal(failure, undefined, JSON.stringify(failure))
    return answer
  }

  /** Asks for what must be answered with `expected`. */
  async expect(operation, request, expected) {
    assert.deepEqual(await this.answer(operation, request), this.inClientsForm(expected))
  }

  /** What a refused request told, in the form of the client; undefined if it was answered. */
  async refusalOf(operation, request) {
    return (await this.#opened.ask(operation, this.#requestOf(request))).failure
  }

  /** Asks for what must be refused, with an error of this name and message and what it carries. */
  async expectRefusal(operation, request, refusal) {
    const told = await this.refusalOf(operation, request)
    assert.deepEqual(told, this.refusalInClientsForm(operation, refusal))
  }

  /** What the client must tell of a refusal: an error's name and message and what it carries. */
  refusalInClientsForm(operation, { name, ...told }) {
    const { plainError, heard } = this.#client
    const errorClass = plainErrors.has(name) ? plainError : name
    return heard({ class: errorClass, name, ...told }, operation)
  }

  /** An expected answer with its items in the form of the client. */
  inClientsForm(answer) {
    const withItems = changed(answer, 'Items', (items) => items.map(this.#itemOf))
    return changed(withItems, 'Responses', (responses) =>
      responses.map((response) => changed(response, 'Item', this.#itemOf)),
    )
  }

  #itemOf = (item) => mapValues(item, this.#client.encode)

  #statementOf = (statement) =>
    changed(statement, 'Parameters', (parameters) => parameters.map(this.#client.encode))

  #requestOf(request) {
    const all = (statements) => statements.map(this.#statementOf)
    const withBatch = changed(this.#statementOf(request), 'Statements', all)
    return changed(withBatch, 'TransactStatements', all)
  }
}
