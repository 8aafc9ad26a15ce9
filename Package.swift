// swift-tools-version: 6.2
// The rooms and their arrows. ARCHITECTURE.md says why each is a target; TidyTests holds the arrows too.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func product(_ name: String, _ package: String) -> Target.Dependency {
  .product(name: name, package: package)
}

let logging = product("Logging", "swift-log")
let metrics = product("Metrics", "swift-metrics")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let crypto = product("Crypto", "swift-crypto")
let deque = product("DequeModule", "swift-collections")
let heap = product("HeapModule", "swift-collections")
let httpTypes = product("HTTPTypes", "swift-http-types")
let nioCore = product("NIOCore", "swift-nio")
let nioEmbedded = product("NIOEmbedded", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
let unixSignals = product("UnixSignals", "swift-service-lifecycle")
let nioHTTP1 = product("NIOHTTP1", "swift-nio")
let nioHTTPTypes = product("NIOHTTPTypes", "swift-nio-extras")
let httpClient = product("AsyncHTTPClient", "async-http-client")
let hummingbird = product("Hummingbird", "hummingbird")
let hummingbirdCore = product("HummingbirdCore", "hummingbird")
let hummingbirdTesting = product("HummingbirdTesting", "hummingbird")
let grdb = product("GRDB", "GRDB.swift")
let sqlite = product("GRDBSQLite", "GRDB.swift")
let argumentParser = product("ArgumentParser", "swift-argument-parser")
let configuration = product("Configuration", "swift-configuration")
let systemPackage = product("SystemPackage", "swift-system")

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String,
  _ dependencies: [Target.Dependency],
  exclude: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "carewindow",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "carewindow", targets: ["CLI"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(
      url: "https://github.com/apple/swift-configuration",
      from: "1.4.0",
      traits: [.defaults, "YAML"]
    ),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // What is true on paper: Meta's words, and ours.
    room("CloudAPI", [crypto]),
    room("CustomerCare", []),

    // What is remembered.
    room("Storage", ["CustomerCare"]),
    room("SQLiteEngine", ["Storage", "CSQLite", grdb, sqlite, deque]),
    .systemLibrary(
      name: "CSQLite",
      pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]
    ),
    room("PostgresEngine", ["Storage", "CLibPQ", deque]),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

    // What carries from step to step, and out.
    room(
      "Gateway",
      ["Storage", "CustomerCare", "CloudAPI", crypto, deque, logging, metrics, lifecycle]
    ),
    room(
      "Carriers",
      ["Gateway", "CustomerCare", "CloudAPI", httpClient, nioCore, nioHTTP1, nioPosix, logging]
    ),

    // What is seen, and who pretends to be Meta.
    room(
      "Web",
      [
        "Gateway", "Storage", "CustomerCare", "CloudAPI", hummingbird, hummingbirdCore, httpTypes,
        crypto, logging, metrics, nioCore, nioHTTP1, nioHTTPTypes, lifecycle,
      ]
    ),
    room(
      "Sandbox",
      [
        "CloudAPI", hummingbird, httpClient, httpTypes, nioCore, nioHTTP1, crypto, logging, deque,
        heap, lifecycle,
      ]
    ),

    // Who builds it all.
    .executableTarget(
      name: "CLI",
      dependencies: [
        "CloudAPI", "CustomerCare", "Storage", "SQLiteEngine", "PostgresEngine", "Gateway",
        "Carriers", "Web", "Sandbox", "Benchmarks", argumentParser, configuration, systemPackage,
        lifecycle, logging, metrics, crypto, nioHTTP1, unixSignals, nioCore, httpClient,
      ],
      swiftSettings: strict
    ),
    .target(
      name: "Benchmarks",
      dependencies: [
        "CloudAPI", "CustomerCare", "Storage", "SQLiteEngine", "PostgresEngine", hummingbird,
        nioCore, nioPosix, nioHTTP1, httpClient, crypto, logging, lifecycle,
      ],
      path: "Benchmarks",
      swiftSettings: strict
    ),

    .target(
      name: "Support",
      dependencies: [
        "CloudAPI", "CustomerCare", "Storage", "SQLiteEngine", "Gateway", "Sandbox", logging,
        nioCore, nioPosix,
      ],
      path: "Tests/Support",
      swiftSettings: strict
    ),
    tests("CloudAPITests", ["CloudAPI"]),
    tests("CustomerCareTests", ["CustomerCare"]),
    tests(
      "StorageTests",
      ["Storage", "SQLiteEngine", "PostgresEngine", "CustomerCare", "Support", sqlite]
    ),
    tests(
      "GatewayTests",
      [
        "Gateway", "Storage", "SQLiteEngine", "PostgresEngine", "CustomerCare", "CloudAPI",
        "Support", logging,
      ]
    ),
    tests(
      "CarriersTests",
      [
        "Carriers", "Gateway", "CustomerCare", "CloudAPI", "Support", httpClient, nioCore, nioPosix,
        nioHTTP1, logging,
      ]
    ),
    tests(
      "WebTests",
      [
        "Web", "Gateway", "Storage", "SQLiteEngine", "CustomerCare", "CloudAPI", "Support",
        "Carriers", "Sandbox", hummingbird, hummingbirdTesting, httpTypes, logging, metrics,
        nioCore,
        nioEmbedded, nioPosix, lifecycle, crypto,
      ]
    ),
    tests(
      "SandboxTests",
      ["Sandbox", "CloudAPI", hummingbird, hummingbirdTesting, httpClient, logging]
    ),
    tests("CLITests", ["CloudAPI", "CustomerCare", "Support", httpClient, nioCore, crypto]),
    tests("BenchmarksTests", ["Benchmarks"]),
    tests("TidyTests", []),
  ]
)
