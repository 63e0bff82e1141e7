import Telemetry

/// What the simulated loader does, and what the accelerators' time was for.
extension SimulatedSource {
  /// The trainer and its workers.
  func loader(at time: Timestamp, _ elapsed: Double) -> Reading {
    let workers = SimulatedWaits.workers
    let asleep = run.waits.trainerQueue.integral(to: elapsed)
    var reading = Reading(device: loaderID, time: time)
    reading.set(.trainerTime, elapsed)
    reading.set(.trainerQueueTime, asleep)
    reading.set(.trainerRunTime, 0.97 * (elapsed - asleep))
    reading.set(.workerCount, workers)
    reading.set(.workerRunTime, workers * run.waits.workerRun.integral(to: elapsed))
    reading.set(.workerQueueTime, workers * run.waits.workerQueue.integral(to: elapsed))
    reading.set(.workerTime, workers * elapsed)
    reading.set(.starvedLookTime, asleep)
    reading.set(.starvedWorkerTime, workers * asleep)
    reading.set(.starvedRunTime, 0.99 * workers * asleep)
    reading.set(.starvedDiskTime, 0.004 * workers * asleep)
    reading.set(.readCalls, run.reads.integral(to: elapsed))
    return reading
  }

  /// What one accelerator's time and energy were for.
  func waiting(_ index: Int, at time: Timestamp, _ elapsed: Double) -> Reading {
    var reading = Reading(device: waitingID(index), time: time)
    reading.set(.judgedTime, elapsed)
    reading.set(.judgedEnergy, run.accelerator[index].integral(to: elapsed))
    reading.set(.judgedByActivity, elapsed)
    reading.set(.dataWaitTime, run.waits.data[index].integral(to: elapsed))
    reading.set(.dataWaitEnergy, run.waits.dataWatts[index].integral(to: elapsed))
    reading.set(.peerWaitTime, run.waits.peers[index].integral(to: elapsed))
    reading.set(.peerWaitEnergy, run.waits.peerWatts[index].integral(to: elapsed))
    if index == SimulatedRun.straggler {
      let others = run.waits.peers.indices.filter { $0 != index }
      reading.set(
        .blamedTime, others.reduce(0) { $0 + run.waits.peers[$1].integral(to: elapsed) })
      reading.set(
        .blamedEnergy, others.reduce(0) { $0 + run.waits.peerWatts[$1].integral(to: elapsed) })
    }
    reading.set(.gapTime, run.waits.gaps.integral(to: elapsed))
    reading.set(.gapEnergy, run.waits.gapWatts[index].integral(to: elapsed))
    return reading
  }
}
