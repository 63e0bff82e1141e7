import Telemetry

/// What became of one source: read or not, why, and what would change that.
struct SourceFinding: Sendable, Hashable {
  /// In what group of the page it stands.
  enum Standing: String, Sendable, CaseIterable {
    /// It gives readings.
    case read
    /// It can be read, and there is nothing to read at the moment.
    case ready
    /// It is there, and this user may not read it.
    case refused
    /// Its call ended with an error.
    case failed
    /// Its call has not come back in time.
    case silent
    /// What it reads is not on this machine.
    case absent
    /// It is read only where somebody asks for it.
    case off
  }

  /// Its name in the catalogue.
  var name: String
  /// How it is written on a command line.
  var usage: String
  var standing: Standing
  /// Of how many devices there are readings.
  var devices = 0
  var message = ""
  var remedy = ""
  /// What it says besides, such as values that are kept from this user.
  var notes: [String] = []
  /// Whether only a few machines have what it reads.
  var isRare = false
  /// Whether the user names it, so that its absence is a fault.
  var isNamed = false
}

extension SourceFinding {
  /// A source that nobody has asked for.
  init(off entry: SourceEntry, because message: String) {
    self.init(entry, .off)
    self.message = message
  }

  /// A source that cannot be made from what was asked for.
  init(_ entry: SourceEntry, problem: String) {
    self.init(entry, .failed)
    message = problem
  }

  /// What a source answered within so many seconds.
  init(_ entry: SourceEntry, _ answer: SourceExam.Answer, within seconds: Double) {
    self.init(entry, .read)
    notes = answer.notes
    devices = answer.read.count
    let probe = answer.probe
    if !answer.isDone, answer.read.isEmpty {
      standing = .silent
      message = "did not answer within \(Int(seconds.rounded(.up))) s"
      remedy = "everything else is read without it"
      return
    }
    let health = answer.state?.health ?? probe?.health ?? .ok
    // Where readings come all the same, what is found says more than what it waits for.
    if !answer.read.isEmpty, health != .denied, health != .failed {
      message = probe?.message ?? ""
      remedy = probe?.remedy ?? ""
      return
    }
    message = answer.state?.message ?? probe?.message ?? ""
    remedy = answer.state?.remedy ?? probe?.remedy ?? ""
    standing =
      switch health {
      case .ok, .waiting: .ready
      case .absent: .absent
      case .denied: .refused
      case .failed: .failed
      case .stalled: .silent
      }
  }

  private init(_ entry: SourceEntry, _ standing: Standing) {
    self.init(name: entry.name, usage: entry.usage, standing: standing, isRare: entry.isRare)
  }
}

extension SourceFinding {
  /// The sources whose words name what is a user's own: jobs, files, servers, mounts, interfaces.
  private static let tellOfUsers: Set<String> = [
    "wall", "site", "net", "loader", "nfs", "lustre", "job-files", "cgroup", "scheduler",
    "live-grid", "jobs",
    "log", "tensorboard", "csv", "wandb", "trainer-state", "mlflow", "serve", "dcgm", "exec",
  ]

  /// The same for others' eyes; what a source found is left out where it is a user's own.
  func shown(by privacy: DoctorPrivacy) -> SourceFinding {
    var shown = self
    let isOwn = Self.tellOfUsers.contains(name) && (standing == .read || standing == .ready)
    shown.message = isOwn ? "" : privacy.clean(message)
    shown.remedy = isOwn ? "" : privacy.clean(remedy)
    shown.notes = notes.map(privacy.clean)
    return shown
  }
}

extension SourceFinding {
  /// Two sources of one kind, such as two meters, as one line: what is wrong with either is told.
  func joined(with other: SourceFinding) -> SourceFinding {
    let order: [Standing] = [.failed, .refused, .silent, .read, .ready, .absent, .off]
    func place(_ finding: SourceFinding) -> Int { order.firstIndex(of: finding.standing) ?? 0 }
    var joined = place(other) < place(self) ? other : self
    joined.devices = devices + other.devices
    joined.notes = notes + other.notes.filter { !notes.contains($0) }
    return joined
  }
}
