import Foundation
import NIOCore
import ServiceLifecycle

/// A place where nobody can listen.
package struct ListenFailure: Error {
  /// The place.
  package let listen: WebConfiguration.Listen
  /// Why, in words.
  package let cause: String
}

/// A listener whose start fails with the place it was to have, not only with the system's error.
struct Listener: Service {
  let listen: WebConfiguration.Listen
  let application: any Service

  func run() async throws {
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
