// swift-tools-version: 6.2
import PackageDescription

/// Every room of the house, and what it may know of the others.
///
/// The graph is the architecture: a room that is not named in `dependencies` cannot be imported, so
/// the one-way current described in ARCHITECTURE.md is enforced by the build.
///
/// Members come only from modules that a file imports itself: a dependency's own import of
/// Foundation would otherwise offer its methods everywhere, and one call to them costs 40 MB.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "hippowatt",
  products: [
    .executable(name: "hippowatt", targets: ["hippowatt"]),
    .library(name: "Telemetry", targets: ["Telemetry", "Quantities"]),
    .library(name: "Canvas", targets: ["Canvas"]),
    .library(name: "Terminal", targets: ["Terminal", "Canvas"]),
    .library(name: "FakeNVML", type: .dynamic, targets: ["FakeNVML"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    .target(name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw")]),
    .target(name: "CSystem"),
    .target(name: "CStartup"),
    .target(name: "CDrivers"),
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "Quantities", swiftSettings: strict),
    .target(name: "Telemetry", dependencies: ["Quantities"], swiftSettings: strict),
    .target(name: "Accounting", dependencies: ["Telemetry", "Quantities"], swiftSettings: strict),
    .target(name: "Formats", dependencies: ["Quantities"], swiftSettings: strict),
    .target(
      name: "Linux", dependencies: ["Telemetry", "Formats", "CSystem"], swiftSettings: strict),
    .target(
      name: "HTTP", dependencies: ["Telemetry", "Quantities", "Linux", "CDrivers"],
      swiftSettings: strict),
    .target(
      name: "Serving", dependencies: ["Telemetry", "Quantities", "Formats", "HTTP"],
      swiftSettings: strict),
    .target(
      name: "Fleet",
      dependencies: ["Accounting", "Telemetry", "Quantities", "Formats", "HTTP", "Linux"],
      swiftSettings: strict),
    .target(
      name: "JobLogs",
      dependencies: [
        "Telemetry", "Quantities", "Formats", "Linux", "HTTP", "Serving", "CSQLite", "CSystem",
      ],
      swiftSettings: strict),
    .target(
      name: "Sensors",
      dependencies: [
        "Telemetry", "Quantities", "Formats", "Linux", "HTTP", "CDrivers", "CSystem",
      ],
      swiftSettings: strict),
    .target(
      name: "Exporting", dependencies: ["Accounting", "Telemetry", "Quantities", "Formats"],
      swiftSettings: strict),
    .target(name: "Wire", swiftSettings: strict),
    .target(
      name: "Recordings", dependencies: ["Telemetry", "Quantities", "Formats", "CSQLite"],
      swiftSettings: strict),
    // Rounding is the mathematics library's, which nothing else here would link.
    .target(name: "Canvas", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "Dashboard", dependencies: ["Accounting", "Telemetry", "Quantities", "Canvas"],
      swiftSettings: strict),
    .target(name: "Terminal", dependencies: ["Canvas", "CTerminal"], swiftSettings: strict),
    .executableTarget(
      name: "hippowatt",
      dependencies: [
        "Accounting", "CStartup", "CSystem", "Canvas", "Dashboard", "Exporting", "Fleet", "Formats",
        "HTTP",
        "JobLogs", "Quantities", "Recordings", "Sensors", "Serving", "Telemetry", "Terminal",
        "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "TOMLKit", package: "TOMLKit"),
      ],
      swiftSettings: strict),
    .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
    .testTarget(
      name: "TelemetryTests", dependencies: ["Telemetry", "Seeded"], swiftSettings: strict),
    .testTarget(
      name: "AccountingTests", dependencies: ["Accounting", "Seeded"], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Telemetry", "Linux"], path: "Tests/Support/TestSupport",
      swiftSettings: strict),
    .target(name: "Seeded", path: "Tests/Support/Seeded", swiftSettings: strict),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "Seeded"], swiftSettings: strict),
    .testTarget(
      name: "HTTPTests", dependencies: ["HTTP", "Linux", "Loopback", "Seeded", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ServingTests",
      dependencies: [
        "Serving", "HTTP", "Formats", "Linux", "Telemetry", "Loopback", "Seeded", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FleetTests",
      dependencies: [
        "Fleet", "FleetHistory", "Accounting", "HTTP", "Linux", "Quantities", "Telemetry",
        "Loopback", "Seeded", "TestSupport",
      ],
      swiftSettings: strict),
    .target(
      name: "FleetHistory", path: "Tests/Support/FleetHistory", swiftSettings: strict),
    .executableTarget(
      name: "fleet-history", dependencies: ["FleetHistory"], path: "Tests/Support/fleet-history",
      swiftSettings: strict),
    .testTarget(
      name: "JobLogsTests",
      dependencies: [
        "JobLogs", "Serving", "HTTP", "Formats", "Linux", "CSQLite", "CSystem", "Telemetry",
        "Loopback", "Seeded", "TestSupport", "benchmarks",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SensorsTests",
      dependencies: [
        "Sensors", "Formats", "HTTP", "Linux", "CDrivers", "CSystem", "Telemetry", "Loopback",
        "Seeded", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ExportingTests",
      dependencies: [
        "Exporting", "Accounting", "Telemetry", "Formats", "Wire", "Seeded", "TestSupport",
      ],
      swiftSettings: strict),
    .target(name: "Loopback", path: "Tests/Support/Loopback", swiftSettings: strict),
    .testTarget(
      name: "RecordingsTests",
      dependencies: ["Recordings", "CSQLite", "Formats", "Seeded", "TestSupport"],
      swiftSettings: strict),
    .target(name: "FakeNVML", path: "Tests/Support/FakeNVML"),
    .target(name: "Snapshots", path: "Tests/Support/Snapshots", swiftSettings: strict),
    .executableTarget(
      name: "crashprobe", dependencies: ["Terminal", "Canvas"], path: "Tests/Support/crashprobe",
      swiftSettings: strict),
    .executableTarget(
      name: "benchmarks",
      dependencies: ["Formats", "JobLogs", "Quantities", "Recordings", "Serving", "Telemetry"],
      path: "Tests/Support/benchmarks", exclude: ["baseline.json", "instructions.json"],
      swiftSettings: strict),
    .testTarget(
      name: "CanvasTests", dependencies: ["Canvas", "Snapshots", "Seeded"], exclude: ["Snapshots"],
      swiftSettings: strict),
    .testTarget(
      name: "DashboardTests",
      dependencies: ["Dashboard", "Sensors", "Recordings", "Seeded", "Snapshots", "TestSupport"],
      exclude: ["Snapshots"], swiftSettings: strict),
    .target(
      name: "Terminals", dependencies: ["Canvas"], path: "Tests/Support/Terminals",
      swiftSettings: strict),
    .testTarget(
      name: "TerminalTests",
      dependencies: ["Terminal", "Canvas", "Terminals", "crashprobe", "Seeded"],
      swiftSettings: strict),
    .testTarget(
      name: "ProgramTests",
      dependencies: [
        "hippowatt", "Accounting", "Fleet", "CSystem", "Canvas", "Exporting", "Formats", "JobLogs",
        "Sensors",
        "Serving",
        "Loopback", "Recordings", "Telemetry", "Terminals", "Seeded", "TestSupport",
      ],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)

/// What `make tarball` links with: a folder of libraries that the linker looks into first.
if let folder = Context.environment["HIPPOWATT_LIBRARIES"] {
  for target in package.targets where target.name == "hippowatt" {
    target.linkerSettings = [
      .unsafeFlags(["-L", folder, "-Xlinker", "--wrap=__libc_start_main"])
    ]
  }
}

/// What `make fuzz-…` builds: a folder of Tests/Support/fuzz each, and only when it asks for them.
if Context.environment["HIPPOWATT_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzzing", path: "Tests/Support/fuzz/driver"),
    .target(
      name: "Fuzzing", dependencies: ["CFuzzing", "Formats", "JobLogs", "Sensors", "Telemetry"],
      path: "Tests/Support/fuzz/harness", swiftSettings: strict),
  ]
  package.targets += [
    "log", "tfevents", "wandb", "csv", "prometheus", "json", "http", "hippo", "power",
  ]
  .map { name in
    .executableTarget(
      name: "fuzz-\(name)",
      dependencies: [
        "Fuzzing", "Formats", "HTTP", "JobLogs", "Recordings", "Sensors", "Serving", "Telemetry",
      ],
      path: "Tests/Support/fuzz/\(name)", swiftSettings: strict)
  }
}
