import Linux
import Telemetry

/// Which network interfaces count, so that every byte is counted once.
///
/// The one rule: an interface counts when hardware stands behind it, that is when it has a
/// `/sys/class/net/X/device`. That leaves out lo, bridges, veth, VLANs, tunnels, ifb and docker,
/// whose bytes pass a counted interface or never leave the machine, and of a bond it counts the
/// members instead of the bond. Two kinds of double remain and are left out: a virtual function
/// enslaved to a hardware interface that already includes it (Azure, failover), and the switch
/// ports that stand for other machines' virtual functions (`pf0vf1`).
///
/// In a network namespace without hardware, such as a container's, the interfaces that look like
/// Ethernet and are neither built on others nor the other end of a container's count instead.
struct NetInterface {
  /// The kernel's name, such as `eth0`.
  let name: String
  /// The driver of the hardware behind it; empty when there is none.
  let driver: String
  /// Whether no hardware stands behind it.
  let isVirtual: Bool

  /// The interfaces among `names` that count, by name.
  static func counted(among names: [String], in context: SourceContext) -> [String: NetInterface] {
    var found: [String: NetInterface] = [:]
    for name in names where isHardware(folder(name, context)) {
      let target = SystemFile.linkTarget(folder(name, context) + "/device/driver")
      let driver = target?.split(separator: "/").last.map(String.init) ?? ""
      found[name] = NetInterface(name: name, driver: driver, isVirtual: false)
    }
    guard found.isEmpty else { return found }
    for name in names where isContainerEthernet(name, folder(name, context)) {
      found[name] = NetInterface(name: name, driver: "", isVirtual: true)
    }
    return found
  }

  /// The nominal speed in bytes per second; `nil` when the driver does not say.
  ///
  /// Layout: sysfs-class-net, in units of 1,000,000 bit/s; -1, 0 or an error mean unknown.
  static func speed(_ name: String, in context: SourceContext) -> Int64? {
    guard let megabits = SystemFile.number(folder(name, context) + "/speed"),
      megabits > 0, megabits < Int64(UInt32.max) / 2
    else { return nil }
    return megabits * 125_000
  }

  private static func folder(_ name: String, _ context: SourceContext) -> String {
    context.path("/sys/class/net/" + name)
  }

  private static func isHardware(_ folder: String) -> Bool {
    guard SystemFile.exists(folder + "/device"), !SystemFile.exists(folder + "/master/device")
    else { return false }
    let port = SystemFile.text(folder + "/phys_port_name") ?? ""
    return !(port.hasPrefix("pf") && Self.names(port, "vf"))
      && !(port.hasPrefix("c") && Self.names(port, "pf"))
  }

  /// Whether a port's name has a part such as `vf` before its number: `pf0vf3`, `c1pf0sf4`.
  private static func names(_ port: String, _ part: String) -> Bool {
    port.split { !$0.isLetter }.contains { $0 == part }
  }

  private static let hostEnds = [
    "veth", "docker", "br-", "virbr", "vnet", "tap", "tun", "cni", "flannel", "cali", "ifb",
    "dummy", "lxc", "vmnet", "wg",
  ]

  /// `ARPHRD_ETHER` of `if_arp.h`.
  private static let ethernet: Int64 = 1

  private static func isContainerEthernet(_ name: String, _ folder: String) -> Bool {
    !hostEnds.contains(where: name.hasPrefix)
      && SystemFile.number(folder + "/type") == ethernet
      && !["bridge", "bonding", "tun_flags", "master"].contains {
        SystemFile.exists(folder + "/" + $0)
      }
      // A VLAN's parent stands beside it; a container's peer stands in another namespace.
      && !(SystemFile.names(in: folder) ?? []).contains { $0.hasPrefix("lower_") }
  }
}
