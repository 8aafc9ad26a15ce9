import AsyncHTTPClient
import CloudAPI
import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import Sandbox
import ServiceLifecycle
import Storage

/// The story: a window opens, closes, refuses, and opens again; over HTTP, as any program would see it.
struct DemoPlay: Service {
  let stage: DemoStage
  let once: Bool

  private static let customer = "491700000042"
  private var narrator: Narrator { stage.narrator }
  private var gateway: String { "http://\(stage.listen.host):\(stage.listen.port)" }

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { try await play() }
    } catch is CancellationError {
      // Whoever ends the demo has seen enough: that is no failure.
    }
  }

  private func play() async throws {
    try await narrator.opening()
    try await story()
    guard !once else { return }
    invitation()
    try await Task.sleep(for: .seconds(365 * 86_400))
  }

  private func story() async throws {
    scene("1  A customer writes, and the care window opens.")
    _ = try stage.sandbox.world.customerWrites(
      Self.customer,
      ["type": "text", "text": ["body": "Is my order ready?"]]
    )
    narrator.tell("customer", "“Is my order ready?”")
    try await narrator.next(.windowOpened)
    try await showWindow()

    try await pause("2  A bot answers through the façade, as if it spoke to Meta.")
    _ = try await send("Yes! You can pick it up until six.")

    try await pause("3  The clock moves 24 hours. The window closes by itself.")
    await stage.sandbox.world.advance(milliseconds: 86_400_000)
    try await narrator.next(.windowClosed)
    try await showWindow()

    try await pause("4  The bot tries again. The gate refuses; nothing reaches Meta.")
    _ = try await send("Are you still coming?")

    try await pause(
      "5  With the policy `template` the text waits, and an approved template asks for an answer."
    )
    let waiting = try await send("Are you still coming?", ifClosed: "template")

    try await pause("6  The customer calls. A call opens the window too, answered or not.")
    _ = try stage.sandbox.world.customerCalls(Self.customer, ["answered": false])
    narrator.tell("customer", "calls, nobody answers")
    try await narrator.next(.windowOpened)
    try await showWindow()

    try await pause("7  The text that waited has gone out by itself.")
    try await showSent(waiting)
  }

  private func scene(_ title: String) {
    Output.result("")
    narrator.tell("", title, .scene)
  }

  private func pause(_ title: String) async throws {
    try await Task.sleep(for: .milliseconds(once ? 100 : 1500))
    scene(title)
  }

  /// Sends a text; returns our id of the request.
  private func send(_ text: String, ifClosed policy: String? = nil) async throws -> String {
    let body: JSON = [
      "messaging_product": "whatsapp", "to": .string("+" + Self.customer), "type": "text",
      "text": ["body": .string(text)],
    ]
    var request = HTTPClientRequest(url: "\(gateway)/v24.0/\(DemoStage.number)/messages")
    request.method = .POST
    request.headers.add(name: "authorization", value: "Bearer \(stage.token)")
    request.headers.add(name: "content-type", value: "application/json")
    if let policy { request.headers.add(name: "carewindow-if-closed", value: policy) }
    request.body = .bytes(ByteBuffer(bytes: body.serialized()))
    narrator.tell("bot", "“\(text)”")
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let json = try JSON.parse(
      Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    )
    if let error = json["error"] {
      narrator.tell(
        "gate",
        "HTTP \(response.status.code), code \(error["code"]?.text ?? "?")",
        .bad
      )
      narrator.tell("", error["error_data"]?["details"]?.text ?? "", .bad)
    } else {
      let id = json["messages"]?.items.first?["id"]?.text ?? "?"
      narrator.tell("gate", "HTTP \(response.status.code), sent as \(id.prefix(24))…", .good)
    }
    for name in ["CareWindow-Window", "CareWindow-Verdict"] {
      narrator.tell("", "\(name): \(response.headers.first(name: name) ?? "-")", .event)
    }
    return response.headers.first(name: "carewindow-request-id") ?? ""
  }

  private func get(_ path: String) async throws -> JSON {
    var request = HTTPClientRequest(url: gateway + path)
    request.headers.add(name: "authorization", value: "Bearer \(stage.token)")
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    return try JSON.parse(
      Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    )
  }

  /// Waits until a message that waited has gone out, and tells what became of it.
  private func showSent(_ id: String) async throws {
    for _ in 0..<400 {
      let json = try await get("/v1/messages/\(id)")
      if let wamid = json["wamid"]?.text {
        let events = json["history"]?.items.compactMap { $0["event"]?.text } ?? []
        narrator.tell("gate", "sent as \(wamid.prefix(24))…", .good)
        narrator.tell("", "its life: \(events.joined(separator: ", "))", .event)
        return
      }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Failure("What waited did not go out within ten seconds.")
  }

  private func showWindow() async throws {
    let json = try await get("/v1/windows/\(DemoStage.number)/\(Self.customer)")
    let state = json["state"]?.text ?? "?"
    let until = json["closes_at"]?.text.map { "until \($0)" }
    let since = json["closed_since"]?.text.map { "since \($0)" }
    let kind = json["opened_by"]?["kind"]?.text.map { ", because of: \($0)" }
    narrator.tell(
      "window",
      [state, until ?? since].compactMap { $0 }.joined(separator: " ") + (kind ?? ""),
      state == "open" ? .good : .bad
    )
  }

  private func invitation() {
    let sandbox = "http://\(stage.sandboxListen.host):\(stage.sandboxListen.port)/_sandbox"
    Output.result(
      """

      It stays up. Try it (Ctrl-C ends it; everything is forgotten then):

        # ask for the window
        curl -s -H 'Authorization: Bearer \(stage.token)' \\
          \(gateway)/v1/windows/\(DemoStage.number)/\(Self.customer)

        # send, as a bot that thinks it speaks to Meta
        curl -si -H 'Authorization: Bearer \(stage.token)' -H 'Content-Type: application/json' \\
          -d '{"messaging_product":"whatsapp","to":"+\(Self.customer)","type":"text","text":{"body":"Hello"}}' \\
          \(gateway)/v24.0/\(DemoStage.number)/messages

        # let a customer write, and move the clock
        curl -s -d '{"type":"text","text":{"body":"Hi"}}' -H 'Content-Type: application/json' \\
          \(sandbox)/customers/\(Self.customer)/messages
        curl -s -d '{"seconds":86400}' -H 'Content-Type: application/json' \(sandbox)/clock/advance

        # what the customer has on the phone
        curl -s \(sandbox)/outbox
      """
    )
  }
}
