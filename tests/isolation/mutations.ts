import type { AnomalyName } from './checkHistory.ts'
import type { Mix } from './crowdedItems.ts'

/** A piece of the built server that is replaced. It must be there exactly once. */
export interface Replacement {
  /** Below `dist`. */
  readonly file: string
  readonly piece: string
  readonly by: string
}

/** A way to break the server's isolation, and how that must be noticed. */
export interface Mutation {
  readonly name: string
  readonly replacements: readonly Replacement[]
  /** What the clients do, so that it shows soon. */
  readonly mix: Mix
  /** Shows only when the server is killed. */
  readonly kills: boolean
  /** The checker must find one of these. */
  readonly findings: readonly AnomalyName[]
}

const coordinator = 'transactions/coordinator.js'
const groupCommit = 'commits/groupCommit.js'
const journaledEngine = 'storage/journal/journaledEngine.js'

const pause = (ms: number): string => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`

/** Makes every commit take longer, so that what is wrong meanwhile meets more requests. */
const slowCommits = (ms: number): Replacement => ({
  file: groupCommit,
  piece: 'await assembly.commit();',
  by: `{ ${pause(ms)} await assembly.commit(); }`,
})

/**
 * A commit also relies on the items being as they were read, so that a broken claim alone leads to retries
 * only. Both must be gone for anything to show.
 */
const trustingCommits: Replacement = {
  file: 'transactions/commitBuilder.js',
  piece: 'this.expectations.push({ key: rowKey, value: before?.stored });',
  by: '',
}

const inRealTime = (name: 'G0' | 'G1c' | 'G-single' | 'G2'): AnomalyName =>
  `strict-serializability (${name} with real time)`

const lostUpdates: readonly AnomalyName[] = [
  'lost acknowledged write',
  'incompatible version orders',
]

const staleReads: readonly AnomalyName[] = ['stale read', inRealTime('G-single')]

const writing: Mix = { writers: { pair: 3, add: 1, getAll: 1 } }
const watched: Mix = { writers: { pair: 1 }, readers: { gets: 1 }, writerOf: 4 }
const seldomWritten: Mix = { writers: { pair: 1 }, readers: { getAll: 1 }, writerOf: 16 }
const skewed: Mix = { writers: { skew: 1 } }

export const mutations: readonly Mutation[] = [
  {
    name: 'the items of a transaction are free before its commit is durable',
    replacements: [
      {
        file: coordinator,
        piece: 'return await this.#commitTransaction(plan, binding);',
        by: `const commit = this.#commitTransaction(plan, binding);
            for (const name of names) if (name !== undefined) this.#claims.release(name);
            return await commit;`,
      },
      trustingCommits,
      slowCommits(5),
    ],
    mix: writing,
    kills: false,
    findings: lostUpdates,
  },
  {
    name: 'transactions do not claim their items',
    replacements: [
      {
        file: coordinator,
        piece: 'const writes = name === undefined ? undefined : this.#claims.hold(name);',
        by: 'const writes = undefined;',
      },
      trustingCommits,
      slowCommits(5),
    ],
    mix: writing,
    kills: false,
    findings: lostUpdates,
  },
  {
    name: 'the items of condition checks are not claimed',
    replacements: [
      {
        file: coordinator,
        piece: "return 'invalid' in action ? undefined : ItemClaims.nameOf(action.rowKey);",
        by: `const isChange = !('invalid' in action) && action.change.kind !== 'ConditionCheck';
    return isChange ? ItemClaims.nameOf(action.rowKey) : undefined;`,
      },
      trustingCommits,
      slowCommits(20),
    ],
    mix: skewed,
    kills: false,
    findings: ['G-single', 'G2', inRealTime('G-single'), inRealTime('G2')],
  },
  {
    name: 'clients are answered before the commit is made',
    replacements: [
      {
        file: groupCommit,
        piece: 'await assembly.commit();',
        by: `{
            for (const { waiting } of accepted) waiting.resolve();
            ${pause(5)}
            await assembly.commit();
        }`,
      },
    ],
    mix: writing,
    kills: false,
    findings: [...lostUpdates, ...staleReads],
  },
  {
    name: 'clients are answered before the commit is on the disk',
    replacements: [
      {
        file: 'storage/journal/journal.js',
        piece: 'await file.write(recordForFile(record, endOffset), endOffset);',
        by: 'setTimeout(() => void file.write(record, endOffset).catch(() => {}), 100);',
      },
    ],
    mix: writing,
    kills: true,
    findings: ['lost acknowledged write', 'lost visible write'],
  },
  {
    name: 'a commit is made in two steps',
    replacements: [
      {
        file: groupCommit,
        piece: 'await this.#engine.commit(this.#expectations, this.#writes);',
        by: `await this.#engine.commit(this.#expectations, this.#writes.slice(0, 1));
        ${pause(20)}
        if (this.#writes.length > 1) await this.#engine.commit([], this.#writes.slice(1));`,
      },
    ],
    mix: watched,
    kills: false,
    findings: ['G-single', inRealTime('G-single')],
  },
  {
    name: 'GetItem answers with what it read a moment ago',
    replacements: [
      {
        file: 'operations/items/getItem.js',
        piece: 'const image = services.coordinator.read(rowKey);',
        by: `const name = rowKey.toString('latin1');
    const remembered = (services.coordinator.remembered ??= new Map());
    if (!remembered.has(name)) {
        remembered.set(name, services.coordinator.read(rowKey));
        setTimeout(() => remembered.delete(name), 60);
    }
    const image = remembered.get(name);`,
      },
    ],
    mix: watched,
    kills: false,
    findings: staleReads,
  },
  {
    name: 'TransactGetItems reads one item after the other',
    replacements: [
      {
        file: coordinator,
        piece: 'const stored = await snapshot.getMany(keys);',
        by: `const stored = [];
            for (const key of keys) {
                stored.push(await this.#engine.get(key));
                ${pause(10)}
            }`,
      },
    ],
    mix: seldomWritten,
    kills: false,
    findings: ['G-single', 'G2', inRealTime('G-single'), inRealTime('G2')],
  },
  {
    name: 'of two ADDs to an item that arrive together one is lost',
    replacements: [
      {
        file: coordinator,
        piece: 'const outcome = evaluateSingle(action, image);',
        by: 'const outcome = evaluateSingle(action, before);',
      },
      slowCommits(5),
    ],
    mix: { writers: { add: 1 } },
    kills: false,
    findings: lostUpdates,
  },
  {
    name: 'a token is not stored with its transaction',
    replacements: [
      {
        file: coordinator,
        piece: 'this.#tokens.bind(commit, binding, replayUnitsOf(results));',
        by: '',
      },
    ],
    mix: watched,
    kills: false,
    findings: ['duplicate version'],
  },
  {
    name: 'a token is kept in memory only',
    replacements: [
      {
        file: 'transactions/requestTokens.js',
        piece:
          'commit.writes.push({ key, value: Buffer.from(JSON.stringify(record)) }, ' +
          '{ key: tokenExpiryKey(endsAtMs, token.digest), value: present });',
        by: `(this.remembered ??= new Map())
            .set(nameOf(token.digest), Buffer.from(JSON.stringify(record)));`,
      },
      {
        file: 'transactions/requestTokens.js',
        piece: 'const stored = await this.#engine.get(tokenKey(token.digest));',
        by: 'const stored = this.remembered?.get(nameOf(token.digest));',
      },
      {
        file: 'transactions/requestTokens.js',
        piece: 'commit.expectations.push({ key, value: stored });',
        by: '',
      },
      // Many transactions are committed and not answered when the server is killed.
      {
        file: coordinator,
        piece: 'return await this.#transactOnce(plan, { token, stored: found.stored });',
        by: `const result = await this.#transactOnce(plan, { token, stored: found.stored });
            ${pause(150)}
            return result;`,
      },
    ],
    mix: { writers: { pair: 1 }, itemCount: 12 },
    kills: true,
    // Sent again after the kill it is done twice, or refused although it was done.
    findings: ['duplicate version', 'G1a'],
  },
  {
    name: 'reads see what a transaction would have written until it is refused',
    replacements: [
      {
        file: coordinator,
        piece: `        if (reasons.some(({ Code }) => Code !== 'None'))
            throw transactionCanceled(reasons);
        const actions = plan.actions;`,
        by: `        const actions = plan.actions;
        if (reasons.some(({ Code }) => Code !== 'None')) {
            this.uncommitted ??= new Map();
            const names = actions.map(nameOfAction);
            results.forEach(({ after }, i) => this.uncommitted.set(names[i], after));
            ${pause(10)}
            for (const name of names) this.uncommitted.delete(name);
            throw transactionCanceled(reasons);
        }`,
      },
      {
        file: coordinator,
        piece: 'const stored = this.#engine.get(rowKey);',
        by: `const name = ItemClaims.nameOf(rowKey);
        if (this.uncommitted?.has(name)) return this.uncommitted.get(name);
        const stored = this.#engine.get(rowKey);`,
      },
    ],
    mix: { writers: { refused: 1 }, readers: { gets: 1 }, writerOf: 2 },
    kills: false,
    findings: ['G1a'],
  },
  {
    name: 'reads see a commit before it is on the disk',
    replacements: [
      { file: journaledEngine, piece: 'this.#overlay.show(writes, arena.keep());', by: '' },
      {
        file: journaledEngine,
        piece: 'await this.#journal.append(arena.encode(this.#journal.nextSequence, writes));',
        by: `const record = arena.encode(this.#journal.nextSequence, writes);
            this.#overlay.show(writes, arena.keep());
            ${pause(60)}
            await this.#journal.append(record);`,
      },
    ],
    // Single writes wait where transactions are refused, so one is always under way.
    mix: { writers: { add: 1 }, readers: { gets: 1 }, writerOf: 4 },
    kills: true,
    // What was seen is gone, whatever its client is told after the kill.
    findings: ['lost visible write', 'G1a'],
  },
]
