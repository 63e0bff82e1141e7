// swift-tools-version: 6.2
import PackageDescription

/// The part of `hippowatt exporter` that hears connections: a package and a program of its own.
///
/// What can be reached from outside reads no sensor, and whoever builds or runs the dashboard alone carries
/// no server and none of its libraries. What both say to each other is `Wire`, which is the other package's.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "hippowatt-listener",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    .target(name: "CStartup"),
    .target(name: "Wire", swiftSettings: strict),
    .executableTarget(
      name: "hippowatt-listener",
      dependencies: [
        "CStartup", "Wire", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Sources/Listener", swiftSettings: strict),
  ]
)
