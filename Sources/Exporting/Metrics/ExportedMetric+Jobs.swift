import Accounting
import Telemetry

extension ExportedMetric {
  /// What is told of jobs.
  ///
  /// The label is `job_id`, since `job` is Prometheus' own name for what it scrapes.
  static let jobs: [ExportedMetric] = [
    jobInfo, jobGPUInfo, jobStart, jobEnergy, jobKnownTime, jobJudged, jobWasted, jobGPUTime,
    jobUnusedTime, jobProcesses, jobTokens, jobSteps, jobSamples, jobDoubt,
  ]

  /// Who a job is.
  public static let jobInfo = ExportedMetric(
    "job_info", .info, "The name, the owner and the account of a job",
    by: ["job_id", "name", "user", "account", "partition", "scheduler", "kind"]
  ) { query in
    query.jobs.map {
      Sample([$0.id, $0.name, $0.user, $0.account, $0.partition, $0.scheduler, $0.kind], 1)
    }
  }

  /// Which accelerators a job holds.
  public static let jobGPUInfo = ExportedMetric(
    "job_gpu_info", .info,
    "An accelerator that a job holds; the only series with labels for both, to join them by",
    by: ["job_id", "user", "account", "gpu", "gpu_uuid"]
  ) { query in
    query.jobs.filter(\.isPresent).flatMap { job in
      job.gpus.map { Sample([job.id, job.user, job.account] + labels($0), 1) }
    }
  }

  /// When its scheduler started it, which may be before anybody watched.
  public static let jobStart = ExportedMetric(
    "job_start_time_seconds", .gauge,
    "When the scheduler started a job, in seconds since 1970; not told where it does not say",
    by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.started.map { Sample([job.id], $0.seconds) } } }

  /// What a job drew on this machine.
  public static let jobEnergy = ExportedMetric(
    "job_energy_joules_total", .counter,
    "Energy of a job's accelerators on this machine while it held them, or of the machine where it uses "
      + "none; the sum over machines is the job's", by: ["job_id"]
  ) { query in
    query.jobs.compactMap { job in job.energy.map { Sample([job.id], $0.joules) } }
  }

  /// For how long that is known.
  public static let jobKnownTime = ExportedMetric(
    "job_energy_known_seconds_total", .counter, "Time for which the energy of a job is known",
    by: ["job_id"]
  ) { query in
    query.jobs.compactMap { job in job.energy.map { Sample([job.id], $0.coverage * $0.asked) } }
  }

  /// For how much of it it is known what it was for.
  public static let jobJudged = ExportedMetric(
    "job_judged_joules_total", .counter,
    "Energy of a job's accelerators of which it was judged whether it did work", by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.judged.map { Sample([job.id], $0) } } }

  /// What of it bought nothing.
  public static let jobWasted = ExportedMetric(
    "job_wasted_joules_total", .counter,
    "Energy that a job's accelerators drew without work, by what they waited for",
    by: ["job_id", "cause"]
  ) { query in
    query.jobs.flatMap { job in
      AllocationUse.Cause.allCases.compactMap { cause in
        job.wasted[cause].map { Sample([job.id, cause.rawValue], $0) }
      }
    }
  }

  /// How long it held accelerators.
  public static let jobGPUTime = ExportedMetric(
    "job_gpu_seconds_total", .counter, "Accelerator-seconds that a job held on this machine",
    by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.gpuSeconds.map { Sample([job.id], $0) } } }

  /// How long nothing of it was on them.
  public static let jobUnusedTime = ExportedMetric(
    "job_unused_gpu_seconds_total", .counter,
    "Accelerator-seconds that a job held without a process of it there; not told where not all can be seen",
    by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.unusedGPUSeconds.map { Sample([job.id], $0) } } }

  /// How many processes it has there.
  public static let jobProcesses = ExportedMetric(
    "job_processes", .gauge,
    "Processes of a job on its accelerators now; 0 where it holds them and no process uses them",
    by: ["job_id"]
  ) { query in
    query.jobs.filter(\.isPresent).compactMap { job in job.processes.map { Sample([job.id], $0) } }
  }

  /// What it bought, in tokens.
  public static let jobTokens = ExportedMetric(
    "job_tokens_total", .counter,
    "Tokens that a job trained on, or that a server wrote, as it counts them itself, over all its machines",
    by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.tokens.map { Sample([job.id], $0) } } }

  /// What it bought, in steps.
  public static let jobSteps = ExportedMetric(
    "job_steps_total", .counter, "Optimizer steps that a job did while it was watched",
    by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.steps.map { Sample([job.id], $0) } } }

  /// What it bought, in samples.
  public static let jobSamples = ExportedMetric(
    "job_samples_total", .counter, "Samples that a job trained on, as it counts them itself",
    by: ["job_id"]
  ) { query in query.jobs.compactMap { job in job.samples.map { Sample([job.id], $0) } } }

  /// What must be said with a job's joules.
  public static let jobDoubt = ExportedMetric(
    "job_energy_doubt", .gauge,
    "1 for each reason to take a job's joules with care, or for which they are not told",
    by: ["job_id", "reason"]
  ) { query in query.jobs.flatMap { job in job.doubts.map { Sample([job.id, $0], 1) } } }
}
