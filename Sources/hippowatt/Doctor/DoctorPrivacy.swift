import Canvas
import Telemetry

/// What a text goes through before it stands on a page that is pasted where others read it.
struct DoctorPrivacy: Sendable {
  private let names: NeutralNames

  /// Folders whose paths are the same on every machine and say nothing of its user.
  private static let common = [
    "/sys/", "/proc/", "/dev/", "/usr/", "/lib", "/etc/", "/run/nvidia/", "/run/opengl-driver",
    "/boot/",
    "/home/kubernetes/bin/", "/var/lib/nvidia/",
  ]

  /// - Parameter devices: what is known of jobs and processes, whose names are replaced too.
  init(machine: String, user: String?, devices: [Device] = []) {
    // “root” is a word of the page, and nobody's name.
    var names = NeutralNames(machine: machine, user: user == "root" ? nil : user)
    for device in devices { names.note(device) }
    self.names = names
  }

  /// Without secrets, names, hosts, users' paths and control characters.
  func clean(_ text: String) -> String {
    sanitized(names.replaced(in: Secrets.masked(text), keeping: Self.common))
  }
}
