/// What lets a user read what the kernel or a driver keeps from them: one command, and what else it opens.
///
/// Each gives the least right that does it, to one user, and not to everybody.
package struct Remedy: Sendable, Hashable {
  /// What the command does and for how long, as the beginning of a sentence.
  package let words: String
  /// The command, as it is typed.
  package let command: String
  /// What becomes readable or possible besides: half a line.
  package let opens: String
  /// Where the restriction and the way around it are written.
  package let basis: String

  /// The remedy as the state of a source tells it.
  package var text: String { "\(words): \(command); \(opens)" }
}

extension Remedy {
  /// Energy counters of processors.
  package static let energyCounters = Remedy(
    words: "allow yourself until the next start",
    command: "sudo chown \"$USER\" /sys/class/powercap/intel-rapl:*/energy_uj",
    opens: "what runs as you can then tell others' work by its power (CVE-2020-8694)",
    basis: "Linux 5.10, “powercap: restrict energy meter to root access”; INTEL-SA-00389")

  /// A file of a power sensor.
  package static func sensor(_ path: String) -> Remedy {
    Remedy(
      words: "allow yourself until the next start", command: "sudo chown \"$USER\" \(path)",
      opens: "what runs as you can then tell others' work by its power",
      basis: "the reason is that of RAPL: CVE-2020-8694, CVE-2020-12912; chown(1)")
  }

  /// The device of a management controller.
  package static func controller(_ path: String) -> Remedy {
    Remedy(
      words: "allow yourself until the next start", command: "sudo chown \"$USER\" \(path)",
      opens: "whoever may open it can also switch the machine off",
      basis: "Linux, Documentation/driver-api/ipmi.rst; IPMI 2.0, 28.3 Chassis Control Command")
  }

  /// The devices of the NVIDIA driver.
  package static let graphicsDevices = Remedy(
    words: "join the group that ls -l /dev/nvidia0 shows, such as video, and log in again",
    command: "sudo usermod -aG video \"$USER\"",
    opens: "its members may also compute on the GPUs",
    basis: "NVIDIA driver README, NVreg_DeviceFileGID and NVreg_DeviceFileMode")

  /// Processes of other users.
  package static let otherUsers = Remedy(
    words: "run it as their user, or as root", command: "sudo hippowatt",
    opens: "root sees everybody's processes",
    basis: "proc(5), hidepid and the ptrace access mode of /proc/PID/fd")

  /// What tasks wait for, which a kernel may count and not tell.
  package static let pressure = Remedy(
    words: "boot with", command: "psi=1", opens: "kernels without CONFIG_PSI cannot",
    basis: "Linux, Documentation/accounting/psi.rst and init/Kconfig, PSI_DEFAULT_DISABLED")

  /// Those that need nothing to be told, and the others with a path that stands for any.
  package static let all = [
    energyCounters, sensor("/sys/class/hwmon/hwmon0/power1_average"), controller("/dev/ipmi0"),
    graphicsDevices, otherUsers, pressure,
  ]
}
