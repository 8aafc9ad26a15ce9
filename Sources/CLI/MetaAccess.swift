import Carriers
import CustomerCare

extension Settings {
  /// Where Meta is reached.
  func metaBase() throws(Problem) -> GraphBase {
    do {
      return try GraphBase(text(.metaURL) ?? "https://graph.facebook.com")
    } catch {
      throw Problem(
        name: "CAREWINDOW_META_URL",
        reason: error.description,
        example: "https://graph.facebook.com"
      )
    }
  }

  /// The Graph version of our own calls.
  func metaVersion() throws(Problem) -> GraphVersion {
    let text = text(.metaVersion) ?? "v24.0"
    guard let version = GraphVersion(text) else {
      throw Problem(
        name: "CAREWINDOW_META_VERSION",
        reason: "is no Graph version",
        example: "v24.0"
      )
    }
    return version
  }
}

/// Meta's account, asked by verbs.
enum MetaAccess {
  /// Opens a way to Meta, asks, and closes it.
  static func with<Answer>(
    _ settings: Settings,
    _ ask: (GraphAccount) async throws -> Answer
  ) async throws -> Answer {
    let connection = MetaConnection(base: try settings.metaBase(), release: Carewindow.version)
    let version = try settings.metaVersion()
    do {
      let answer = try await ask(GraphAccount(connection: connection, version: version))
      await connection.close()
      return answer
    } catch {
      await connection.close()
      throw error
    }
  }
}
