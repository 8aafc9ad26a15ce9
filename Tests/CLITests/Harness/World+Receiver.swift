import CloudAPI
import Foundation

/// Programs on this machine that are called back, or stand in for Meta; `receiver.py` says how each path behaves.
struct Receiver: Sendable {
  /// One thing that came.
  struct Told: Sendable {
    var path: String
    var id: String
    var body: JSON
  }

  let child: Child
  let base: String

  /// What came so far, oldest first; at one path, or at all.
  func told(at path: String? = nil) throws -> [Told] {
    try child.output.split(separator: "\n").map { line in
      let json = try JSON.parse(text: String(line))
      return Told(
        path: json["path"]?.text ?? "",
        id: json["id"]?.text ?? "",
        body: json["body"] ?? .null
      )
    }.filter { path == nil || $0.path == path }
  }

  /// Lets go of whoever it keeps waiting.
  func openDoor() async throws { _ = try await Caller(base: base).post("/open") }
}

extension World {
  /// The secret of every callback.
  static let callbackSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  /// Lets callbacks reach this machine.
  static let callbackNetworks = ["CAREWINDOW_CALLBACK_NETWORKS": "127.0.0.1"]

  /// Starts a receiver and waits until it answers.
  func receiver(environment: [String: String] = [:]) async throws -> Receiver {
    let port = try Ports.free()
    let child = try start(
      "receiver",
      program: try await PythonEnvironment.program("python"),
      [PythonEnvironment.script("receiver.py")],
      environment: environment.merging(
        ["PORT": "\(port)", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"]
      ) { $1 }
    )
    let receiver = Receiver(child: child, base: "http://127.0.0.1:\(port)")
    try await ready("the receiver", child) {
      try await Caller(base: receiver.base).get("/").status == 200
    }
    return receiver
  }

  /// Adds a callback; gives its id.
  @discardableResult
  func addCallback(_ url: String, _ kinds: String) async throws -> String {
    let added = try await verb(
      ["callback", "add", "--url", url, "--kinds", kinds, "--secret-stdin"],
      input: Self.callbackSecret + "\n"
    )
    guard added.status == 0 else { throw HarnessError("callback add said: \(added.errors)") }
    return added.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// How many deliveries a callback is still owed.
  func pending(of callback: String) async throws -> Int64 {
    let listed = try await verb("callback", "list", "--json").json.items
    guard let count = listed.first(where: { $0["id"]?.text == callback })?["pending"]?.integer
    else { throw HarnessError("There is no callback \(callback).") }
    return count
  }
}
