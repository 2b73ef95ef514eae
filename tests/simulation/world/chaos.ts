import type { World } from './world.ts'

const stalledMs = 300
const jumpMs = 11 * 60 * 1000

/** Something that befalls the world after so many steps. */
interface Misfortune {
  readonly step: number
  readonly happen: () => void
}

/**
 * A crash, once a commit has reached `stage`: after so many steps, or when a client has the answer to a
 * request that came after that, so that somebody outside knows what there was to see.
 */
interface PlannedCrash {
  stage: string | undefined
  /** When the stage was reached. */
  sinceStep: number
  readonly waitsForAnswer: boolean
  steps: number
}

/** What goes wrong in a run, and when: counted in steps, so that it comes between any two of them. */
export class Chaos {
  readonly #world: World
  readonly #plan: Misfortune[] = []
  #crash: PlannedCrash | undefined
  #stage: string = 'never begun'
  #jumpsDue = 0
  #isOver = false

  constructor(world: World, steps: number) {
    this.#world = world
    const { random, profile } = world
    const add = (count: number, happen: () => void): void => {
      for (let i = 0; i < count; i++) this.#plan.push({ step: random.below(steps), happen })
    }
    add(profile.crashes, () => this.#planCrash())
    add(profile.shutdowns, () => this.#shutDown())
    add(profile.fullDisks, () => this.#fillDisk())
    add(profile.clockJumps, () => void (this.#jumpsDue += 1))
    this.#plan.sort((a, b) => b.step - a.step)
  }

  /** Nothing goes wrong from here on. */
  stop(): void {
    this.#isOver = true
    this.#world.faults.isDiskFull = false
  }

  onStage(stage: string): void {
    this.#stage = stage
    const crash = this.#crash
    if (crash?.stage !== stage) return
    crash.stage = undefined
    crash.sinceStep = this.#world.scheduler.steps
  }

  /** The disk stands still for somebody to see how things are just before a crash. */
  get stallMs(): number {
    const crash = this.#crash
    return crash?.waitsForAnswer === true && crash.stage === undefined ? stalledMs : 0
  }

  onDelivered(arrivedAt: number): void {
    const crash = this.#crash
    if (crash === undefined || crash.stage !== undefined || !crash.waitsForAnswer) return
    if (arrivedAt > crash.sinceStep) crash.steps = 0
  }

  /** Called between steps; `step` counts from the beginning of the trouble. */
  afterStep(step: number): void {
    if (this.#isOver) return
    for (let next = this.#plan.at(-1); next !== undefined && next.step <= step; ) {
      this.#plan.pop()
      next.happen()
      next = this.#plan.at(-1)
    }
    this.#jumpIfPossible()
    this.#crashIfDue()
  }

  #planCrash(): void {
    const { random, disk } = this.#world
    const stage = random.chance(0.3) ? undefined : random.pick(disk.stages)
    const waitsForAnswer = random.chance(0.5)
    const steps = waitsForAnswer ? Infinity : random.pick([0, 0, 1, 2, 4, 8])
    this.#crash = { stage, sinceStep: 0, waitsForAnswer, steps }
  }

  #crashIfDue(): void {
    const crash = this.#crash
    if (crash === undefined || crash.stage !== undefined) return
    if (crash.steps > 0) {
      crash.steps -= 1
      return
    }
    this.#crash = undefined
    this.#world.host.crash(`last commit ${this.#stage}`)
  }

  #shutDown(): void {
    const { host, scheduler, world, count } = this.#world
    const begin = (): void => {
      if (this.#isOver) return
      count('shutdown began')
      void host.shutDown().then((hasEnded) => {
        if (!hasEnded) return
        count('shutdown')
        host.start()
      })
    }
    scheduler.schedule(world, 'somebody ends the server', begin)
  }

  #fillDisk(): void {
    const { faults, scheduler, random, world } = this.#world
    faults.isDiskFull = true
    const free = (): void => {
      faults.isDiskFull = false
    }
    scheduler.schedule(world, 'there is space again', free, random.below(300))
  }

  /**
   * Time goes by at once, enough for tokens to end. Not while anybody waits for a request with a
   * token: it would rightly be carried out twice.
   */
  #jumpIfPossible(): void {
    const { tokensInUse, network, scheduler, random, count } = this.#world
    if (this.#jumpsDue === 0 || tokensInUse.count > 0 || network.underWay > 0) return
    this.#jumpsDue -= 1
    const wallOnly = random.chance(0.5)
    count(wallOnly ? 'clock: set forward' : 'clock: time went by')
    scheduler.jump(jumpMs, wallOnly)
  }
}
