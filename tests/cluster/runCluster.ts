import { examineStore } from '../../packages/server/src/check/checkStore.ts'
import { Defects } from '../isolation/defects.ts'
import { RunFigures } from '../isolation/runFigures.ts'
import { runEpochs, type IsolationResult } from '../isolation/runIsolation.ts'
import { ClusterUnderTest } from './clusterUnderTest.ts'
import { HarmedCluster } from './harmedCluster.ts'
import { ServiceWatch, type Outage } from './serviceWatch.ts'

export interface ClusterRunOptions {
  readonly seconds: number
  readonly seed: number
  readonly clients: number
  readonly epochSeconds: number
  /** What servers start from; the built command when absent. */
  readonly main?: string
  readonly tell: (text: string) => void
}

export interface ClusterRun extends IsolationResult {
  readonly outages: readonly Outage[]
  readonly perSecond: readonly (readonly number[])[]
  /** How often each harm was done. */
  readonly done: ReadonlyMap<string, number>
  /** Where the logs of the parts are, when something was wrong. */
  readonly directory: string
}

/** Clients of three servers on a cluster that is harmed meanwhile; what they saw is checked. */
export async function runCluster(options: ClusterRunOptions): Promise<ClusterRun> {
  const { seconds, seed, clients, epochSeconds, main, tell } = options
  const reports = { figures: new RunFigures(), defects: new Defects() }
  const { figures, defects } = reports
  const cluster = await ClusterUnderTest.start(main)
  const watch = new ServiceWatch(cluster.servers.map(({ endpoint }) => endpoint))
  let isWrong = true
  try {
    await watch.start()
    const target = new HarmedCluster(cluster, watch, tell)
    const common = { seconds, seed, clients, epochSeconds, kills: true }
    const checked = await runEpochs(common, target, reports)
    await watch.stop()
    for (const { part } of cluster.servers) await part.stop()
    await checkWholeStore(cluster, defects)
    isWrong = checked.findings.length > 0 || defects.count > 0
    const { outages, perSecond } = watch
    const { done } = target
    const { directory } = cluster
    const found = { defects: defects.kept, defectCount: defects.count, figures }
    return { ...checked, ...found, outages, perSecond, done, directory }
  } finally {
    await watch.stop()
    await cluster.end({ keepsLogs: isWrong })
    if (isWrong) tell(`the logs are in ${cluster.directory}`)
  }
}

async function checkWholeStore(cluster: ClusterUnderTest, defects: Defects): Promise<void> {
  const engine = await cluster.engine()
  try {
    const { findings } = await examineStore(engine)
    for (const finding of findings) defects.add('check of the store', JSON.stringify(finding))
  } finally {
    await engine.close()
  }
}
