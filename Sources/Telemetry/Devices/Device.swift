/// Something that is measured, as its source announces it.
public struct Device: Hashable, Sendable {
  /// The name that readings and series refer to it by.
  public var id: DeviceID
  /// What people call it: `0`, `nvme0n1`, `package-0`.
  public var label: String
  /// The product or longer name, such as `NVIDIA H100 80GB HBM3`; may be empty.
  public var model: String
  /// What it is in the account of energy.
  public var role: DeviceRole
  /// The roles on its machine whose energy it contains, where that differs from its role's own.
  public var contents: Set<DeviceRole>?
  /// The device it is a part of, or runs on.
  public var parent: DeviceID?
  /// Further facts, such as `driver` or `uuid`, for the provenance view.
  public var attributes: [String: String]

  /// A device; where no role is given it is what its kind says.
  public init(
    id: DeviceID, label: String, model: String = "", role: DeviceRole? = nil,
    contents: Set<DeviceRole>? = nil, parent: DeviceID? = nil, attributes: [String: String] = [:]
  ) {
    self.id = id
    self.label = label
    self.model = model
    self.role = role ?? DeviceRole(of: id.kind)
    self.contents = contents
    self.parent = parent
    self.attributes = attributes
  }

  /// Whether what another device draws is contained in what this one draws.
  public func contains(_ other: Device) -> Bool {
    if other.parent == id { return true }
    return other.id != id && other.id.machine == id.machine
      && (contents ?? role.contents).contains(other.role)
  }
}
