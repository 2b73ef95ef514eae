/** The number that `--NAME` gave the suite, or `otherwise`. */
export function suiteOption(name: string, otherwise: number): number {
  const given = process.env[`DYNATOM_${name}`]
  return given === undefined ? otherwise : Number(given)
}

/** The seed of this run, a new one unless `--seed` repeats an old one. Prints it. */
export function runSeed(suite: string): number {
  const seed = suiteOption('SEED', Math.floor(Math.random() * 2 ** 31))
  console.log(`${suite}: seed ${seed}; again with npm run test:hostile -- --seed ${seed}`)
  return seed
}
