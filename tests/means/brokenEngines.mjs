import { setTimeout as pause } from 'node:timers/promises'
import {
  indexRange,
  rowRange,
  tokenKey,
  tokensEndingBefore,
} from '../../packages/server/dist/layout/storeKeys.js'
import { listOfWrites, StorageFailure } from '../../packages/server/dist/storage/engine.js'

/** @import * as engine from '../../packages/server/dist/storage/engine.js' */
/** @import { StorageEngine } from '../../packages/server/dist/storage/engine.js' */

const rowSpace = rowRange(0).start[0]
const entrySpace = indexRange(0).start[0]
const tokenSpaces = [tokenKey(Buffer.alloc(0))[0], tokensEndingBefore(0).start[0]]

/** Whether a key is that of an item. @param {engine.Bytes} key */
export const isRow = (key) => key[0] === rowSpace
/** Whether a key is that of an entry of an index. @param {engine.Bytes} key */
export const isIndexEntry = (key) => key[0] === entrySpace
/** Whether a client request token is kept under a key. @param {engine.Bytes} key */
export const isToken = (key) => tokenSpaces.includes(key[0])

/**
 * Passes everything on to another engine: what breaks an engine changes a part of this.
 *
 * @implements {StorageEngine}
 */
export class PassingEngine {
  /** @param {StorageEngine} inner */
  constructor(inner) {
    this.inner = inner
  }

  get capabilities() {
    return this.inner.capabilities
  }

  /**
   * @param {engine.Bytes} key
   * @returns {engine.MaybePromise<engine.Bytes | undefined>}
   */
  get(key) {
    return this.inner.get(key)
  }

  /**
   * @param {readonly engine.Bytes[]} keys
   * @returns {engine.MaybePromise<(engine.Bytes | undefined)[]>}
   */
  getMany(keys) {
    return this.inner.getMany(keys)
  }

  /** @param {engine.Bytes} value */
  versionOf(value) {
    return this.inner.versionOf(value)
  }

  /**
   * @param {readonly engine.Bytes[]} keys
   * @returns {engine.MaybePromise<(engine.Versioned | undefined)[]>}
   */
  read(keys) {
    return this.inner.read(keys)
  }

  /** @param {engine.Bytes} key */
  lengthOf(key) {
    return this.inner.lengthOf?.(key)
  }

  snapshot() {
    return this.inner.snapshot()
  }

  /**
   * @param {readonly engine.Expectation[]} expectations
   * @param {engine.StorageWrites} writes
   */
  async commit(expectations, writes) {
    await this.inner.commit(expectations, writes)
  }

  close() {
    return this.inner.close()
  }
}

/** Takes longer over every commit, so that what is wrong meanwhile meets more requests. */
export class SlowEngine extends PassingEngine {
  #ms

  /** @param {StorageEngine} inner @param {number} ms */
  constructor(inner, ms) {
    super(inner)
    this.#ms = ms
  }

  /**
   * @override
   * @param {readonly engine.Expectation[]} expectations
   * @param {engine.StorageWrites} writes
   */
  async commit(expectations, writes) {
    await pause(this.#ms)
    await super.commit(expectations, writes)
  }
}

/**
 * Does not look whether what commits rely on is so. A broken claim alone leads to retries only: both
 * must be gone for anything to show.
 */
export class CarelessEngine extends PassingEngine {
  /**
   * @override
   * @param {readonly engine.Expectation[]} _
   * @param {engine.StorageWrites} writes
   */
  async commit(_, writes) {
    await super.commit([], writes)
  }
}

/** Fails to make some commits that change items, and does nothing of them. */
export class FailingEngine extends PassingEngine {
  #rate

  /** @param {StorageEngine} inner @param {number} rate */
  constructor(inner, rate) {
    super(inner)
    this.#rate = rate
  }

  /**
   * @override
   * @param {readonly engine.Expectation[]} expectations
   * @param {engine.StorageWrites} writes
   */
  async commit(expectations, writes) {
    const list = await listOfWrites(writes)
    if (list.some(({ key }) => isRow(key)) && Math.random() < this.#rate) {
      throw new StorageFailure('the commit could not be written')
    }
    await super.commit(expectations, list)
  }
}

/** Loses some writes. */
export class LosingEngine extends PassingEngine {
  #isLost

  /** @param {StorageEngine} inner @param {(write: engine.StorageWrite) => boolean} isLost */
  constructor(inner, isLost) {
    super(inner)
    this.#isLost = isLost
  }

  /**
   * @override
   * @param {readonly engine.Expectation[]} expectations
   * @param {engine.StorageWrites} writes
   */
  async commit(expectations, writes) {
    const list = await listOfWrites(writes)
    await super.commit(
      expectations,
      list.filter((write) => !this.#isLost(write)),
    )
  }
}

/** Gives single items as they were a moment ago: GetItem asks for them one by one, nobody else. */
export class RememberingEngine extends PassingEngine {
  /** @type {Map<string, ReturnType<PassingEngine['get']>>} */
  #remembered = new Map()
  #ms

  /** @param {StorageEngine} inner @param {number} ms How long it remembers. */
  constructor(inner, ms) {
    super(inner)
    this.#ms = ms
  }

  /** @override @param {engine.Bytes} key */
  get(key) {
    if (!isRow(key)) return super.get(key)
    const name = Buffer.from(key).toString('latin1')
    if (!this.#remembered.has(name)) {
      this.#remembered.set(name, super.get(key))
      setTimeout(() => this.#remembered.delete(name), this.#ms)
    }
    return this.#remembered.get(name)
  }
}
