import Foundation
import Testing

/// The container, as far as reading its files tells.
@Suite struct ContainerTests {
  private let dockerfile = Repository.here.text("Dockerfile")
  private let compose = Repository.here.text("compose.yaml")
  private let script = Repository.here.text("Scripts/install-packages")

  @Test func `every image has a version, and both stages have one Debian`() {
    let images = Containers.images(in: dockerfile)
    #expect(images.count == 2, "\(images)")
    #expect(images.allSatisfy { $0.contains("bookworm") }, "\(images)")
    let all = images + Containers.images(in: compose)
    #expect(all.count == 3)
    #expect(Containers.unversioned(all).isEmpty)
    let odd = ["debian", "debian:latest", "debian:12"]
    #expect(Containers.unversioned(odd) == ["debian", "debian:latest"])
  }

  @Test func `it is built with the project's toolchain`() throws {
    let version = Repository.here.text(".swift-version").trimmingCharacters(in: .newlines)
    #expect(Containers.images(in: dockerfile).first == "swift:\(version)-bookworm")
    let parts = version.split(separator: ".")
    #expect(parts.count >= 2)
    for page in ["README.md", "CONTRIBUTING.md"] {
      let words = "Swift \(parts.prefix(2).joined(separator: ".")) toolchain"
      #expect(Repository.here.text(page).contains(words), "\(page)")
    }
  }

  @Test func `packages are named in one place, and what is linked is there when it runs`() {
    for purpose in ["build", "run"] {
      #expect(dockerfile.contains("install-packages \(purpose)"), "\(purpose)")
    }
    #expect(!dockerfile.contains("apt-get"))
    let build = Containers.packages(for: "build", in: script)
    let run = Containers.packages(for: "run", in: script)
    #expect(build.contains("libpq-dev") && run.contains("ca-certificates"))
    #expect(Containers.unmatched(build: build, run: run).isEmpty)
    #expect(
      Containers.unmatched(build: build, run: ["libpq5"]) == ["libsqlite3-dev", "zlib1g-dev"]
    )
    let guide = Repository.here.text("docs/guides/service.md")
    #expect(guide.contains("Scripts/install-packages run"))
  }

  @Test func `nothing runs as root, and the database has no port`() {
    #expect(dockerfile.contains("\nUSER 10001:10001\n"))
    let database = compose.components(separatedBy: "\n  database:\n").dropFirst().first ?? ""
    #expect(database.contains("image: postgres:"))
    #expect(!database.contains("ports:"))
    #expect(database.contains("--locale=C"))
  }

  @Test func `every secret of compose.yaml stands, empty, in its pattern`() {
    let pattern = Repository.here.text("packaging/container.env")
    // A secret has no default: `${NAME:?…}`.
    let names = compose.components(separatedBy: "${").dropFirst().compactMap { rest in
      let name = rest.prefix { $0 == "_" || $0.isUppercase }
      return rest.dropFirst(name.count).hasPrefix(":?") ? String(name) : nil
    }
    #expect(Set(names).count == 5)
    for name in Set(names) { #expect(pattern.contains("\n\(name)="), "\(name)") }
    #expect(Repository.here.text(".gitignore").contains("/.env\n"))
    #expect(Repository.here.text(".dockerignore").contains("**/.env\n"))
  }
}
