import Foundation
import Storage
import Testing

@testable import SQLiteEngine

@Suite struct `The file of a database` {
  private let path = ScratchDatabase.path()

  private func mode(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  @Test func `is readable by nobody else, and so are its side files`() async throws {
    let engine = try ScratchDatabase.engine(path)
    try await engine.write(.rest) { unit in try unit.run("CREATE TABLE scratch (id TEXT)") }
    for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600) }
    try await engine.close()
  }

  @Test func `holds everything by itself once it was closed, whoever read before`() async throws {
    let engine = try ScratchDatabase.engine(path)
    try await engine.write(.rest) { unit in try unit.run("CREATE TABLE scratch (id TEXT)") }
    try await engine.write(.rest) { unit in try unit.run("INSERT INTO scratch VALUES ('a')") }
    _ = try await engine.read { unit in
      try unit.rows("SELECT id FROM scratch") { try $0.text("id") }
    }
    try await engine.close()
    let copy = path + ".copy"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    let copied = try ScratchDatabase.engine(copy)
    let rows = try await copied.read { unit in
      try unit.rows("SELECT id FROM scratch") { try $0.text("id") }
    }
    #expect(rows == ["a"])
    try await copied.close()
  }

  @Test(.enabled(if: getuid() == 0, "needs root to give a file away"))
  func `is left alone when it belongs to another user, with the line to run instead`() throws {
    try #require(FileManager.default.createFile(atPath: path, contents: nil))
    try #require(chown(path, 1, 1) == 0)
    #expect {
      try ScratchDatabase.engine(path)
    } throws: { error in
      let error = error as? StoreError
      return error?.code == .foreignOwner && error?.message.contains("sudo -u daemon") == true
    }
    #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
  }

  @Test func `that is no database is said to be damaged, and stays as it is`() throws {
    let text = Data(String(repeating: "not a database ", count: 500).utf8)
    try text.write(to: URL(fileURLWithPath: path))
    #expect {
      try ScratchDatabase.engine(path)
    } throws: { error in
      (error as? StoreError)?.code == .damaged
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
  }

  @Test func `is created by one of two that start together, and taken by the other`() throws {
    let file = DatabaseFile(path: path)
    // Both have seen that it is not there.
    try file.create()
    try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
    try file.create()
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("kept".utf8))
    #expect(try mode(path) == 0o600)
  }

  @Test(.enabled(if: getuid() == 0, "needs root to give a file away"))
  func `is not taken from another user who was faster`() throws {
    let file = DatabaseFile(path: path)
    try file.create()
    try #require(chown(path, 1, 1) == 0)
    #expect {
      try file.create()
    } throws: { error in
      (error as? StoreError)?.code == .foreignOwner
    }
  }

  @Test func `in a directory that does not exist is unavailable`() {
    #expect {
      try ScratchDatabase.engine("/nowhere/at/all.db")
    } throws: { error in
      (error as? StoreError)?.code == .unavailable
    }
  }

  @Test func `changes by another process move the token, our own do not`() async throws {
    let ours = try ScratchDatabase.engine(path)
    let theirs = try ScratchDatabase.engine(path)
    let before = try await ours.changeToken()
    try await ours.write(.rest) { unit in try unit.run("CREATE TABLE one (id TEXT)") }
    #expect(try await ours.changeToken() == before)
    try await theirs.write(.rest) { unit in try unit.run("CREATE TABLE two (id TEXT)") }
    #expect(try await ours.changeToken() != before)
    try await ours.close()
    try await theirs.close()
  }

  @Test func `is copied while it is in use`() async throws {
    let engine = try ScratchDatabase.engine(path)
    try await engine.write(.rest) { unit in
      try unit.run("CREATE TABLE scratch (id TEXT)")
      try unit.run("INSERT INTO scratch (id) VALUES ('a')")
    }
    let copyPath = ScratchDatabase.path()
    try await engine.backup(to: copyPath)
    #expect(try mode(copyPath) == 0o600)
    let copy = try ScratchDatabase.engine(copyPath)
    let ids = try await copy.read { unit in
      try unit.rows("SELECT id FROM scratch") { try $0.text("id") }
    }
    #expect(ids == ["a"])
    await #expect(throws: StoreError.self) { try await engine.backup(to: copyPath) }
    try await copy.close()
    try await engine.close()
  }
}
