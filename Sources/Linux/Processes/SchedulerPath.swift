/// The job of a scheduler that the path of a control group names.
///
///     /slurm/uid_1000/job_4711/step_0/task_0                  version 1
///     /system.slice/slurmstepd.scope/job_4711/step_0/user     version 2
///     /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice/cri-containerd-<id>.scope
///     /kubepods/burstable/pod<uid>/<id>
///
/// Sources: SLURM's cgroup_v1.c and cgroup_v2.c, the kubelet's `cgroup_manager_linux.go`.
package struct SchedulerPath: Hashable, Sendable {
  /// Who started the job: `slurm` or `kubernetes`.
  package let scheduler: String
  /// The job's number, or the pod's UID with hyphens.
  package let id: String
  /// The owner's uid, where the path tells it.
  package let user: UInt32?

  /// The job's name as attributes of processes have it: `slurm 4711`.
  package var batchJob: String { "\(scheduler) \(id)" }

  /// Reads `/proc/PID/cgroup`, or a path alone; `nil` where no job is named.
  package init?(_ text: String) {
    for line in text.split(separator: "\n").prefix(64) {
      if let found = Self(line: line) {
        self = found
        return
      }
    }
    return nil
  }

  private init?(line: Substring) {
    guard line.contains("slurm") || line.contains("kubepods") else { return nil }
    let path = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).last
    var hasSlurm = false
    var hasPods = false
    var owner: UInt32?
    for part in (path ?? line).split(separator: "/").prefix(64) {
      if part.contains("slurm") { hasSlurm = true }
      if part.contains("kubepods") { hasPods = true }
      if hasSlurm, part.hasPrefix("uid_") { owner = UInt32(part.dropFirst(4)) }
      if hasSlurm, part.hasPrefix("job_"), Self.isNumber(part.dropFirst(4)) {
        (scheduler, id, user) = ("slurm", String(part.dropFirst(4)), owner)
        return
      }
      if hasPods, let pod = Self.pod(part) {
        (scheduler, id, user) = ("kubernetes", pod, nil)
        return
      }
    }
    return nil
  }

  /// Whether a text is the number of a SLURM job, which has 32 bits.
  package static func isNumber(_ text: some StringProtocol) -> Bool {
    (1...10).contains(text.utf8.count) && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      && UInt32(text).map { $0 > 0 } ?? false
  }

  /// The UID in the name of a pod's group; systemd's names have `_` for its hyphens.
  private static func pod(_ part: Substring) -> String? {
    var name = part
    if name.hasSuffix(".slice") { name = name.dropLast(6) }
    if name.hasPrefix("pod") {
      name = name.dropFirst(3)
    } else {
      // After the last `-pod`.
      let bytes = Array(name.utf8)
      guard
        let at = bytes.indices.last(where: { bytes[$0...].starts(with: Array("-pod".utf8)) })
      else { return nil }
      name = Substring(String(decoding: bytes[(at + 4)...], as: UTF8.self))
    }
    let uid = String(name.map { $0 == "_" ? "-" : $0 })
    return isUID(uid) ? uid : nil
  }

  /// Whether a text is a pod's UID: an RFC 4122 one, or the 32 digits of a static pod's.
  package static func isUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isHex(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x66 ~= byte }
    switch bytes.count {
    case 32: return bytes.allSatisfy(isHex)
    case 36:
      return bytes.indices.allSatisfy {
        [8, 13, 18, 23].contains($0) ? bytes[$0] == 0x2D : isHex(bytes[$0])
      }
    default: return false
    }
  }
}
