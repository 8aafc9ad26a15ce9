import Foundation
import NIOCore
package import ServiceLifecycle

/// A place where nobody can listen.
package struct ListenFailure: Error {
  /// The place.
  package let listen: WebConfiguration.Listen
  /// Why, in words.
  package let cause: String

  /// What is wrong, as the end of a sentence that begins with where the place was named.
  package var reason: String { "is \(listen), and there it cannot listen: \(cause)" }
}

/// A listener whose start fails with the place it was to have, not only with the system's error.
package struct Listener: Service {
  private let listen: WebConfiguration.Listen
  private let application: any Service

  /// Names the place at which a service is to listen.
  package init(listen: WebConfiguration.Listen, application: any Service) {
    self.listen = listen
    self.application = application
  }

  /// Runs the service.
  ///
  /// - Throws: `ListenFailure` when it cannot listen.
  package func run() async throws {
    do {
      try await application.run()
    } catch let error as IOError {
      throw ListenFailure(listen: listen, cause: Self.cause(of: error))
    } catch is SocketAddressError.UnknownHost {
      throw ListenFailure(listen: listen, cause: "there is no such address")
    }
  }

  private static func cause(of error: IOError) -> String {
    switch error.errnoCode {
    case EADDRINUSE: "another program listens there"
    case EADDRNOTAVAIL: "this machine does not have that address"
    case EACCES: "this user may not; ports below 1024 take a privilege"
    default: String(cString: strerror(error.errnoCode))
    }
  }
}
