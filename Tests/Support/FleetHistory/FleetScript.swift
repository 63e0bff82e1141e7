/// A fleet that never was: which job held which accelerators when, what they drew, and what went wrong.
///
/// Times are whole seconds since the script's beginning; everything follows from the second.
public struct FleetScript: Sendable {
  /// One job, which holds all accelerators of some machines, or the first of one.
  public struct Job: Sendable {
    public var id: String
    public var name: String
    public var user: String
    public var account: String
    public var hosts: Range<Int>
    /// How many accelerators of each machine.
    public var gpus: Int
    public var from: Int
    public var to: Int
    public var watts: Double
    /// The share of each minute in which it waits, drawing two fifths of that, and for what.
    public var waits: Double
    public var cause: String
    /// Tokens a second; 0 for what counts none.
    public var tokens: Double
    /// Whether it holds its accelerators without any process.
    public var isHollow = false

    public init(
      _ id: String, _ name: String, user: String, account: String, hosts: Range<Int>, gpus: Int,
      from: Int, to: Int, watts: Double, waits: Double = 0, cause: String = "data",
      tokens: Double = 0, isHollow: Bool = false
    ) {
      (self.id, self.name, self.user, self.account) = (id, name, user, account)
      (self.hosts, self.gpus, self.from, self.to) = (hosts, gpus, from, to)
      (self.watts, self.waits, self.cause, self.tokens) = (watts, waits, cause, tokens)
      self.isHollow = isHollow
    }

    func holds(_ host: Int, _ gpu: Int, at second: Int) -> Bool {
      hosts.contains(host) && gpu < gpus && second >= from && second < to
    }

    func isWaiting(at second: Int) -> Bool { Double(second % 60) < waits * 60 }
  }

  /// What goes wrong with one machine.
  public enum Fault: Sendable {
    /// Nothing is heard of it from a second on.
    case vanishes(Int)
    /// Nothing is heard of it within a range.
    case gap(Range<Int>)
    /// Its exporter begins to count anew.
    case restarts(Int)
    /// It is read by a second target as well.
    case twin
    /// It is asked and does not answer from a second on.
    case refuses(Int)
    /// All it has is NVIDIA's exporter.
    case onlyDCGM
  }

  public var hosts: Int
  public var gpus: Int
  public var seconds: Int
  public var scrape: Int
  public var jobs: [Job]
  public var faults: [Int: [Fault]]
  /// Watts of an accelerator that nobody holds.
  public var idleWatts = 72.0
  /// Watts of a machine beside its accelerators, at the plug.
  public var restWatts = 610.0
  /// Machines that draw a part of what the others of their job draw.
  public var slow: [Int: Double] = [:]
  /// Whether NVIDIA's exporter tells of every machine too.
  public var tellsDCGM = true

  public init(
    hosts: Int, gpus: Int, seconds: Int, scrape: Int, jobs: [Job], faults: [Int: [Fault]] = [:]
  ) {
    (self.hosts, self.gpus, self.seconds, self.scrape) = (hosts, gpus, seconds, scrape)
    (self.jobs, self.faults) = (jobs, faults)
  }

  /// `n007`.
  public static func name(_ host: Int) -> String {
    "n" + String(repeating: "0", count: max(0, 3 - String(host).count)) + String(host)
  }

  /// `GPU-00000007-3`.
  public static func uuid(_ host: Int, _ gpu: Int) -> String {
    "GPU-" + String(repeating: "0", count: max(0, 8 - String(host).count)) + "\(host)-\(gpu)"
  }

  /// The job that holds an accelerator at a second.
  public func job(_ host: Int, _ gpu: Int, at second: Int) -> Int? {
    jobs.firstIndex { $0.holds(host, gpu, at: second) }
  }

  /// What an accelerator draws in a second.
  public func watts(_ host: Int, _ gpu: Int, at second: Int, _ job: Int?) -> Double {
    guard let job else { return idleWatts }
    let own = jobs[job]
    if own.isHollow { return idleWatts + 8 }
    // Chips differ, and a slow one is told by its number.
    let chip = 1 + 0.02 * Double((host * 7 + gpu * 3) % 5 - 2)
    let wave = 1 + 0.04 * Double(second / 20 % 7 - 3) / 3
    return own.watts * chip * wave * (own.isWaiting(at: second) ? 0.4 : 1) * (slow[host] ?? 1)
  }

  /// The truth of one job over some seconds: joules, those wasted, and accelerator-seconds.
  public func truth(
    _ id: String, _ seconds: Range<Int>
  ) -> (joules: Double, wasted: Double, gpuSeconds: Double) {
    var sum = (joules: 0.0, wasted: 0.0, gpuSeconds: 0.0)
    guard let place = jobs.firstIndex(where: { $0.id == id }) else { return sum }
    let job = jobs[place]
    for second in max(
      job.from, seconds.lowerBound)..<max(
        max(job.from, seconds.lowerBound), min(job.to, seconds.upperBound))
    {
      for host in job.hosts {
        for gpu in 0..<job.gpus {
          let watts = watts(host, gpu, at: second, place)
          sum.joules += watts
          sum.gpuSeconds += 1
          if job.isHollow || job.isWaiting(at: second) { sum.wasted += watts }
        }
      }
    }
    return sum
  }

  /// Whether a machine's exporter is read at a second.
  func isHeard(_ host: Int, at second: Int) -> Bool {
    (faults[host] ?? []).allSatisfy { fault in
      switch fault {
      case .vanishes(let from), .refuses(let from): second < from
      case .gap(let range): !range.contains(second)
      case .restarts, .twin, .onlyDCGM: true
      }
    }
  }
}
