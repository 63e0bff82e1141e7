import TestSupport

@testable import Sensors

/// Writes the bytes of a `gpu_metrics` file from named values, field by field as the kernel does.
///
/// Offsets follow from the order and the natural alignment of the fields, not from any table.
struct AMDMetricsWriter {
  /// A name, the bytes of one number, and how many of them.
  typealias Field = (name: String, width: Int, count: Int)

  let version: (format: UInt8, content: UInt8)

  init(_ format: UInt8, _ content: UInt8) { version = (format, content) }

  /// The bytes; whatever has no value is all ones.
  func bytes(_ values: [String: UInt64]) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, version.format, version.content]
    var alignment = 2
    for field in fields {
      alignment = max(alignment, field.width)
      Self.pad(&bytes, to: field.width)
      for index in 0..<field.count {
        let value = values["\(field.name)\(index)"] ?? (index == 0 ? values[field.name] : nil)
        for byte in 0..<field.width {
          bytes.append(value.map { UInt8(truncatingIfNeeded: $0 >> (8 * UInt64(byte))) } ?? 0xff)
        }
      }
    }
    Self.pad(&bytes, to: alignment)
    bytes[0] = UInt8(truncatingIfNeeded: bytes.count)
    bytes[1] = UInt8(truncatingIfNeeded: bytes.count >> 8)
    return bytes
  }

  private static func pad(_ bytes: inout [UInt8], to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }

  private static func list(_ width: Int, _ names: String) -> [Field] {
    names.split(separator: " ").map { name in
      let parts = name.split(separator: ":")
      return (String(parts[0]), width, parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }
  }

  private var fields: [Field] {
    switch (version.format, version.content) {
    case (1, 0...3): board
    case (1, 4...5): accelerator
    case (1, _): partitioned
    case (2, _): processor
    default: newProcessor
    }
  }

  private var board: [Field] {
    let list = Self.list
    var fields = list(2, "edge hotspot memory vrgfx vrsoc vrmem gfx umc mm power")
    fields += list(8, "energy clock")
    fields += list(2, "avggfxclk avgsocclk avguclk avgvclk0 avgdclk0 avgvclk1 avgdclk1")
    fields += list(2, "gfxclk socclk uclk vclk0 dclk0 vclk1 dclk1")
    fields += list(4, "throttle") + list(2, "fan width speed pad") + list(4, "gfxacc memacc")
    fields += list(2, "hbm:4")
    if version.content >= 2 { fields += list(8, "firmware") }
    if version.content >= 3 { fields += list(2, "vsoc vgfx vmem pad") + list(8, "independent") }
    return fields
  }

  private var accelerator: [Field] {
    let list = Self.list
    var fields = list(2, "hotspot memory vrsoc power gfx umc vcn:4")
    if version.content == 5 { fields += list(2, "jpeg:32") }
    fields += list(8, "energy clock") + list(4, "throttle lock")
    fields += list(2, "width speed xwidth xspeed") + list(4, "gfxacc memacc")
    fields += list(8, "pcieacc pcieinst recover replay rover")
    if version.content == 5 { fields += list(4, "naksent nakreceived") }
    fields += list(8, "read:8 written:8 firmware")
    return fields + list(2, "gfxclk:8 socclk:4 vclk:4 dclk:4 uclk pad")
  }

  private var partitioned: [Field] {
    let list = Self.list
    let isFirst = version.content == 6
    var fields = list(2, "hotspot memory vrsoc power gfx umc")
    fields += list(8, isFirst ? "energy clock" : "bandwidth energy clock")
    fields += list(4, "rounds prochot ppt socketheat vrheat hbmheat lock")
    fields += list(2, "width speed xwidth xspeed") + list(4, "gfxacc memacc")
    fields += list(8, "pcieacc pcieinst recover replay rover") + list(4, "naksent nakreceived")
    fields += list(8, "read:8 written:8") + (isFirst ? [] : list(2, "status:8 pad"))
    fields += list(8, "firmware") + list(2, "gfxclk:8 socclk:4 vclk:4 dclk:4 uclk partitions")
    for _ in 0..<8 {
      fields +=
        list(4, "busy:8") + list(2, version.content == 8 ? "jpeg:40 vcn:4" : "jpeg:32 vcn:4")
      fields += list(8, "acc:8")
      if version.content == 7 { fields += list(8, "limit:8") }
      if version.content == 8 { fields += list(8, "ppt:8 thm:8 low:8 total:8") }
    }
    return fields + list(4, "recovery")
  }

  private var processor: [Field] {
    let list = Self.list
    let heat = list(2, "edge soc core:8 l3:2")
    let activity = list(2, "gfx mm")
    let clock = list(8, "clock")
    var fields =
      version.content == 0 ? clock + heat + activity : heat + activity + clock
    fields += list(2, "power cpu socpower graphics corepower:8")
    fields += list(2, "avggfxclk avgsocclk avguclk avgfclk avgvclk avgdclk")
    fields += list(2, "gfxclk socclk uclk fclk vclk dclk coreclk:8 l3clk:2")
    fields += list(4, "throttle") + list(2, version.content == 0 ? "fan pad" : "fan pad:3")
    if version.content >= 2 { fields += list(8, "independent") }
    if version.content >= 3 { fields += list(2, "avgedge avgsoc avgcore:8 avgl3:2") }
    if version.content >= 4 { fields += list(2, "volts:3 amperes:3") }
    return fields
  }

  private var newProcessor: [Field] {
    let list = Self.list
    var fields = list(2, "edge soc core:16 skin gfx vcn ipu:8 c0:16 reads writes ireads iwrites")
    fields += list(8, "clock") + list(4, "power") + list(2, "ipupower")
    fields += list(4, "apu graphics dgpu cores") + list(2, "corepower:16 system stapm limit")
    fields += list(2, "avggfxclk avgsocclk avgvpe avgipu avgfclk avgvclk avguclk avgmpipu")
    fields += list(2, "coreclk:16 maxcore maxgfx")
    return fields + list(4, "prochot spl fppt sppt heatcore heatgfx heatsoc alpha")
  }
}
