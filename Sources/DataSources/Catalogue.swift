import Telemetry

/// Every data source there is; adding one means adding a line to `all`.
public struct Catalogue: Sendable {
  /// One kind of source and how to make it.
  public struct Entry: Sendable {
    /// What the user calls it, and what stands before the colon in `--source`.
    public let name: String
    /// What it tells, in a few words.
    public let gives: String
    /// Whether it is used when the user names no sources.
    public let isDefault: Bool
    /// How to write it: `exec:COMMAND`; the name alone when it takes nothing.
    public let usage: String
    /// The names of the settings it takes in a `[[source]]` table.
    public let options: [String]
    public let make:
      @Sendable (SourceRequest, SourceContext) throws(SourceRequestError) -> any DataSource

    public init(
      _ name: String, gives: String, isDefault: Bool = true, usage: String? = nil,
      options: [String] = [],
      make:
        @escaping @Sendable (SourceRequest, SourceContext) throws(SourceRequestError)
        -> any DataSource
    ) {
      self.name = name
      self.gives = gives
      self.isDefault = isDefault
      self.usage = usage ?? name
      self.options = options
      self.make = make
    }
  }

  public static let all: [Entry] = [
    Entry(
      "nvml", gives: "power, energy, activity, memory, heat and clocks of NVIDIA GPUs",
      options: ["library"]
    ) { request, context in
      NVMLSource(context, library: request.options["library"])
    },
    Entry("amdgpu", gives: "power, energy, activity, memory, heat and clocks of AMD GPUs") {
      _, context in
      AMDSource(context)
    },
    Entry("intel-gpu", gives: "energy, activity, memory, heat and clocks of Intel GPUs") {
      _, context in
      IntelSource(context)
    },
    Entry("jetson", gives: "power of a Jetson module's rails, activity of its GPU") { _, context in
      JetsonSource(context)
    },
    Entry("grace", gives: "power of Grace processors and their modules") { _, context in
      GraceSource(context)
    },
    Entry("rapl", gives: "energy of the processor's packages and memory") { _, context in
      RAPLSource(context)
    },
    Entry("hwmon", gives: "power and energy sensors of the board and its supplies") { _, context in
      HwmonSource(context)
    },
    ModelSource.entry,
    Entry("host", gives: "processor time, memory, pressure of the machine") { _, context in
      HostSource(context)
    },
    Entry("disk", gives: "bytes read from and written to whole disks") { _, context in
      DiskSource(context)
    },
    Entry("net", gives: "bytes received and sent by network interfaces") { _, context in
      NetSource(context)
    },
    GridSource.entry,
    JobSource.entry,
    LogSource.entry,
    ServeSource.entry,
    DCGMSource.entry,
    TFEventsSource.entry,
    CSVSource.entry,
    WandBSource.entry,
    HFFilesSource.entry,
    MLflowSource.entry,
    ExecSource.entry,
    SimulatedSource.entry,
  ]

  /// The entry of that name.
  public static func entry(_ name: String) -> Entry? { all.first { $0.name == name } }

  /// Makes the source a user asked for.
  /// - Throws: `SourceRequestError` when there is no such kind or its argument is wrong.
  public static func make(
    _ request: SourceRequest, in context: SourceContext
  ) throws(SourceRequestError) -> any DataSource {
    guard let entry = entry(request.kind) else {
      let names = all.map(\.name).joined(separator: ", ")
      throw SourceRequestError("there is no source “\(request.kind)”; there are: \(names)")
    }
    for option in request.options.keys.sorted() where !entry.options.contains(option) {
      throw SourceRequestError("source “\(entry.name)” has no setting “\(option)”")
    }
    return try entry.make(request, context)
  }
}
