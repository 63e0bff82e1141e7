import Formats
import Linux
import Telemetry

/// Which pod has which devices, as the kubelet remembers it across its restarts; only root may read it.
///
///     {"Data":{"PodDeviceEntries":[{"PodUID":"…","ContainerName":"train","ResourceName":"nvidia.com/gpu",
///       "DeviceIDs":{"0":["GPU-…"]},"AllocResp":"…"}],"RegisteredDevices":{…}},"Checksum":1}
///
/// Source: kubernetes/kubernetes, `pkg/kubelet/cm/devicemanager/checkpoint`. Before 1.20 `DeviceIDs` was a
/// list. Pods that have ended stay in it until the next one starts, so a pod counts only while it has a
/// control group.
struct KubeletCheckpoint {
  static let path = "/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint"
  private static let mostBytes = 8 << 20

  private let file: String
  private var seen: FileIdentity?
  private var changed = -1.0
  private var known: [String: [String]] = [:]

  init(_ context: SourceContext) { file = context.path(Self.path) }

  /// The UUIDs of accelerators by the pod's UID; read anew when the file was written.
  mutating func pods() -> [String: [String]] {
    guard let status = ProcFile.status(file), status.isRegular else {
      (seen, known) = (nil, [:])
      return [:]
    }
    if seen == FileIdentity(status), changed == status.changed { return known }
    guard let safe = SafeFile(file) else { return [:] }
    (seen, changed) = (safe.identity, safe.changed)
    known = Self.pods(safe.head(Self.mostBytes))
    return known
  }

  /// Reads the text of a checkpoint; empty where it is none.
  static func pods(_ bytes: [UInt8]) -> [String: [String]] {
    guard let root = try? JSONValue(bytes),
      let entries = (root["Data"]?["PodDeviceEntries"] ?? root["PodDeviceEntries"])?.elements
    else { return [:] }
    var pods: [String: [String]] = [:]
    for entry in entries {
      guard let pod = entry["PodUID"]?.text, SchedulerPath.isUID(pod), let ids = entry["DeviceIDs"]
      else { continue }
      let lists = ids.elements.map { [$0] } ?? ids.members.compactMap(\.value.elements)
      for id in lists.joined() {
        // `GPU-…::3` is a share of an accelerator by time slicing.
        guard let name = id.text?.split(separator: ":").first.map(String.init),
          name.hasPrefix("GPU-") || name.hasPrefix("MIG-"),
          pods[pod]?.contains(name) != true
        else { continue }
        pods[pod, default: []].append(name)
      }
    }
    return pods
  }
}
