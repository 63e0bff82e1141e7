import Linux
import Telemetry

/// What the kubelet's folders tell of pods: their names, and whether they still exist.
struct PodFolders {
  private let context: SourceContext
  private static let mostPods = 4096

  init(_ context: SourceContext) { self.context = context }

  /// Namespaces and names of pods by their UIDs, from the folders `NAMESPACE_POD_UID` of `/var/log/pods`.
  ///
  /// Neither a namespace nor a pod's name may hold `_`. Source: kubernetes/kubernetes,
  /// `pkg/kubelet/kuberuntime/helpers.go`, BuildPodLogsDirectory.
  func names() -> [String: (namespace: String, pod: String)] {
    var names: [String: (namespace: String, pod: String)] = [:]
    let folders = SystemFile.names(in: context.path("/var/log/pods"), limit: Self.mostPods) ?? []
    for folder in folders {
      let parts = folder.split(separator: "_")
      guard parts.count == 3, SchedulerPath.isUID(String(parts[2])) else { continue }
      names[String(parts[2])] = (
        AllocationFacts.bounded(String(parts[0])), AllocationFacts.bounded(String(parts[1]))
      )
    }
    return names
  }

  /// Whether a pod has a control group; `nil` where no pod of this machine can be seen to have one.
  func exists(_ uid: String) -> Bool? {
    var isSeen = false
    let top = context.path("/sys/fs/cgroup")
    for root in [top, top + "/memory", top + "/cpu", top + "/pids", top + "/systemd"] {
      for base in ["kubepods.slice", "kubelet.slice/kubelet-kubepods.slice"] {
        let folder = "\(root)/\(base)"
        guard SystemFile.exists(folder) else { continue }
        isSeen = true
        let stem = base.split(separator: "/").last.map { String($0.dropLast(6)) } ?? ""
        let id = String(uid.map { $0 == "-" ? "_" : $0 })
        let paths =
          ["\(stem)-pod\(id).slice"]
          + ["burstable", "besteffort"].map { "\(stem)-\($0).slice/\(stem)-\($0)-pod\(id).slice" }
        if paths.contains(where: { SystemFile.exists("\(folder)/\($0)") }) { return true }
      }
      let folder = "\(root)/kubepods"
      guard SystemFile.exists(folder) else { continue }
      isSeen = true
      let paths = ["pod\(uid)", "burstable/pod\(uid)", "besteffort/pod\(uid)"]
      if paths.contains(where: { SystemFile.exists("\(folder)/\($0)") }) { return true }
    }
    return isSeen ? false : nil
  }
}
