/** Something wrong that a client or a workload saw by itself, without the graph of the history. */
export interface Defect {
  readonly name: string
  readonly text: string
}

const mostKept = 20

/** The defects of a run: all are counted, the first few are kept. */
export class Defects {
  readonly kept: Defect[] = []
  count = 0

  add(name: string, text: string): void {
    this.count += 1
    if (this.kept.length < mostKept) this.kept.push({ name, text })
  }
}
