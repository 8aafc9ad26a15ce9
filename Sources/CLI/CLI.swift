import ArgumentParser
import Foundation

/// The command line: one file per verb.
@main
struct CLI {
  static func main() async {
    do {
      var command = try Carewindow.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Self.leave(because: error)
    }
  }

  /// Exit 0 done, 1 failed, 2 wrong usage (contract 2).
  private static func leave(because error: any Error) -> Never {
    let code = Carewindow.exitCode(for: error)
    let message = Carewindow.fullMessage(for: error)
    if code.isSuccess {
      print(message)
      exit(0)
    }
    if !message.isEmpty { Output.say(message) }
    exit(code == .validationFailure ? 2 : 1)
  }
}

/// The root of the verbs.
struct Carewindow: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "carewindow",
    abstract: "The gate between WhatsApp's 24-hour rule and everyone who sends.",
    discussion: """
      Settings are environment variables (CAREWINDOW_…) or carewindow.yaml beside the database.

      EXAMPLES
        carewindow demo                 see the whole story in the terminal
        carewindow serve                run the gateway
        carewindow doctor               what is wrong, and what to do
      """,
    version: version,
    subcommands: [
      Serve.self, Demo.self, SandboxVerb.self, NumberVerb.self, TokenVerb.self,
      CallbackVerb.self, TemplateVerb.self, Doctor.self, Replay.self, Backup.self, Move.self,
      Bench.self,
    ]
  )
}
